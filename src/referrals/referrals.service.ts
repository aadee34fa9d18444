import { Injectable } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import { NAMING_HINT, findNameable, NOT_NAMEABLE, type NamedIn } from '../cases/naming.js';
import { newReference, referralSeries } from '../cases/references.js';
import { Panel } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import { lockPanel } from '../panels/panel-lock.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { conflict, unacceptable, type FieldError } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { londonDay } from '../time/clock.js';
import { Records } from '../records/records.js';
import { after, permittedCommands } from '../records/state-machine.js';
import { shapeOf } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Group, Person, Place } from '../subjects/subject.entity.js';
import { PersonView } from '../subjects/subject.response.js';
import { coAuthored, happenedTo, isRewriting, rewritten } from './referral-events.js';
import {
  Referral,
  ReferralDecision,
  referralMachine,
  ReferralPerson,
  ReferralScreening,
  ReferralSubject,
} from './referral.entity.js';
import {
  CONTENT,
  type ReferralChange,
  type ReferralCopyRequest,
  type ReferralPersonRequest,
  type ReferralQuery,
  type ReferralRequest,
} from './referral.dto.js';
import {
  ReferralDecisionView,
  ReferralItemView,
  ReferralPersonView,
  ReferralScreeningView,
  ReferralStatusView,
  ReferralView,
} from './referral.response.js';
import { screen } from './screening.js';
import { check, intakeRules, ROLE_OF_SUBJECT, type Born } from './submission.js';
import { fieldMask } from '../records/field-mask.js';

/** Referrals: agencies ask a panel to hear a matter, and the panel's coordination decides. */
@Injectable()
export class ReferralsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { panelId, status, externalRef, ...query }: ReferralQuery): Promise<AuthorizedResponse> {
    const filter = {
      ...(panelId ? { panelId } : {}),
      ...(status ? { status } : {}),
      ...(externalRef ? { externalRef } : {}),
    };
    return this.records.read(actor, (work) => work.respond.page(ReferralItemView, filter, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ReferralView, await work.records.find('read', Referral, id)),
    );
  }

  /** Returns the status and the case that the referral led to, for readers who may follow that case. */
  status(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('track', Referral, id);
      const opened = found.caseId ? await work.records.findOrNull('track', Case, found.caseId) : null;
      const target = await redirectedTo(work, found);
      const nextStep = opened && found.caseInError ? REFER_AGAIN : target.nextStep;
      const extra = { caseId: opened?.id ?? null, ...target, nextStep };
      return work.respond.one(ReferralStatusView, found, { action: 'track', extra });
    });
  }

  people(actor: Actor, referralId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Referral, referralId);
      return work.respond.page(ReferralPersonView, { referralId }, query);
    });
  }

  decisions(actor: Actor, referralId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Referral, referralId);
      return work.respond.page(ReferralDecisionView, { referralId }, query);
    });
  }

  screening(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ReferralScreeningView, await work.records.find('read', ReferralScreening, id)),
    );
  }

  begin(actor: Actor, request: ReferralRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, (work) => this.drafted(work, request));
  }

  private async drafted(
    work: UnitOfWork,
    { people = [], submit = false, ...request }: ReferralRequest & Partial<Pick<Referral, 'copiedFromId'>>,
  ): Promise<AuthorizedResponse> {
    const { actor } = work;
    for (const id of [request.personId, ...people.map((one) => one.personId)])
      if (id) work.command.noteNaming(Person, id);
    if (request.placeId) work.command.noteNaming(Place, request.placeId);
    if (request.groupId) work.command.noteNaming(Group, request.groupId);
    const panel = await work.records.find('refer', Panel, request.panelId);
    await mustName(work, { panelId: panel.id, partnershipId: panel.partnershipId }, request, people);
    // before the first write, as in every request that screens: a write locks the authorization version
    if (submit) await lockPanel(work, panel.id);
    const drafted = await work.write.insert(Referral, {
      ...request,
      ...consentRecord(work, request),
      partnershipId: panel.partnershipId,
      ...contributorOf(actor),
      authorId: actor.id,
      coAuthorIds: [],
    });
    for (const person of withSubject(request, people)) await insertPerson(work, drafted, person);
    happenedTo(work, 'referral.drafted', drafted);
    const referral = submit
      ? await this.submitted(work, await work.records.find('submit', Referral, drafted.id))
      : drafted;
    return work.respond.one(ReferralView, referral, { status: 201 });
  }

  /**
   * Drafts a referral to another panel from a redirected one. A redirection forwards nothing: the referrer submits the
   * matter to the other panel, which checks it like any referral. Consent is recorded again, because it was given or
   * refused for the first panel.
   */
  copy(actor: Actor, id: string, request: ReferralCopyRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.find('refer-again', Referral, id);
      if (found.status !== 'redirected')
        throw conflict('not-redirected', 'Only a referral that was redirected is drafted for another panel.', {
          state: found.status,
        });
      const target = request.panelId ?? (await redirectedTo(work, found)).redirectedToPanelId;
      if (!target || target === found.panelId)
        throw unacceptable('unknown-panel', 'Name another panel: the redirection names none that you may see.', [
          { pointer: '/panelId', detail: 'is missing, or is the panel that redirected it' },
        ]);
      const people = await work.records.findMany('read', ReferralPerson, { referralId: id });
      const isConsent = (field: string): boolean => field.startsWith('consent') || field === 'externalRef';
      const content = CONTENT.filter((field) => !isConsent(field)).map((field) => [field, found[field]]);
      const { category, subjectKind, personId, placeId, groupId } = found;
      // scope of a refusal: this referral, from which the actor knows the records that the copy names
      const from = ofReferral(found);
      for (const one of [personId, ...people.map((named) => named.personId)])
        if (one) work.command.noteNaming(Person, one, null, from);
      if (placeId) work.command.noteNaming(Place, placeId, null, from);
      if (groupId) work.command.noteNaming(Group, groupId, null, from);
      return this.drafted(work, {
        ...(Object.fromEntries(content) as Partial<Referral>),
        ...{ panelId: target, category, subjectKind, personId, placeId, groupId, copiedFromId: id },
        people: people.map(({ personId, role, rationale }) => ({ personId, role, rationale })),
      });
    });
  }

  change(actor: Actor, id: string, request: ReferralChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Referral, ReferralView, id, { writes: request });
      mustBeOpen(found);
      const rewriting = rewritten(work, found);
      const changed = await work.write.updateIfChanged(Referral, found, {
        ...request,
        ...consentRecord(work, request),
        ...rewriting,
      });
      happenedTo(work, 'referral.changed', changed, { fields: Object.keys(request) }, isRewriting(rewriting));
      return work.respond.one(ReferralView, changed);
    });
  }

  namePerson(actor: Actor, id: string, request: ReferralPersonRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      work.command.noteNaming(Person, request.personId);
      const found = await work.records.find('name-person', Referral, id, { lock: true });
      const known = await findNameable(work, Person, request.personId, ofReferral(found));
      mustBeOpen(found);
      if (!known) throw unknownSubject([{ pointer: '/personId', detail: NOT_NAMEABLE }]);
      const person = await insertPerson(work, found, request);
      const rewriting = rewritten(work, found);
      const touched = await work.write.update(Referral, found, { ...rewriting, ...coAuthored(work, found) });
      happenedTo(work, 'referral.person-named', touched, {}, isRewriting(rewriting));
      return work.respond.one(ReferralPersonView, person, { status: 201 });
    });
  }

  submit(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // before the referral is locked, as in every request that screens
      await lockPanel(work, (await work.records.find('submit', Referral, id)).panelId);
      const found = await work.records.findForUpdate('submit', Referral, ReferralView, id);
      return work.respond.one(ReferralView, await this.submitted(work, found));
    });
  }

  /**
   * Checks the referral, assigns its reference, submits it to the panel and screens for earlier referrals of the same
   * matter.
   */
  private async submitted(work: UnitOfWork, found: Referral): Promise<Referral> {
    const status = after(referralMachine, found.status, 'submission');
    const panel = await work.records.find('refer', Panel, found.panelId);
    const inForce = await rulesInForce(work, panel.id);
    const rules = intakeRules(inForce?.rules);
    const people = await work.manager.findBy(ReferralPerson, { referralId: found.id });
    const { errors, warnings } = check({
      referral: found,
      panelType: panel.type,
      rules,
      roles: people.map((one) => one.role),
      subject: await bornAsKnown(work, found),
      today: londonDay(work.now),
    });
    if (errors.length)
      throw unacceptable(
        'not-ready-to-submit',
        'Something is missing before the panel can take this referral.',
        errors,
      );
    await mustStillName(work, found, people);
    const referral = await work.write.update(Referral, found, {
      status,
      warnings,
      ...coAuthored(work, found),
      submittedAt: work.now,
      rewrittenAt: null,
      rulesEdition: inForce?.edition ?? null,
      reference: found.reference ?? (await newReference(work, referralSeries(panel.referencePrefix))),
    });
    await putBeforePanel(work, referral, people);
    // the text is new: nobody reads it because they handled the referral before, but its submitter reads on
    if (found.submittedAt)
      await work.manager.query(
        'UPDATE repeated_cases SET found_by_id = CASE WHEN matched_case_id = ANY ($2) THEN $3::uuid END WHERE referral_id = $1',
        [referral.id, work.actor.namedExcludedCaseIds, work.actor.id],
      );
    await screen(work, referral, panel.type, rules.repeatWindowMonths);
    happenedTo(work, 'referral.submitted', referral);
    return referral;
  }
}

/** Throws unless the referral can still be submitted: only such a referral can be changed. */
function mustBeOpen({ status }: Referral): void {
  const permitted = permittedCommands(referralMachine, status);
  if (!permitted.includes('submission'))
    throw conflict('not-in-this-state', `A referral that is ${status} can no longer be changed.`, {
      state: status,
      permitted,
    });
}

export const ofReferral = ({ id, panelId, partnershipId, agencyId, contributingType }: Referral) => ({
  referralId: id,
  panelId,
  partnershipId,
  agencyId,
  contributingType,
});

function insertPerson(work: UnitOfWork, referral: Referral, request: ReferralPersonRequest): Promise<ReferralPerson> {
  return work.write.insert(ReferralPerson, { ...request, ...ofReferral(referral) });
}

/** Returns the author and time of the consent record. Source: law and standards note, REQ-LAW-04. */
function consentRecord(work: UnitOfWork, request: ReferralChange): Partial<Referral> {
  const isRecord = request.consentStatus !== undefined || request.consentReason !== undefined;
  return isRecord ? { consentRecordedById: work.actor.id, consentRecordedAt: work.now } : {};
}

const NOTHING_PASSED_ON = 'Nothing of this referral was passed on.';
const TO_PANEL = `${NOTHING_PASSED_ON} Put the matter before that panel: POST /v1/referrals/{id}/copies drafts the referral to it.`;
const REFER_AGAIN =
  'The case was closed because the referral named people or a place in error. If others should be heard, make a new referral: POST /v1/referrals.';
const TO_PROCESS = `${NOTHING_PASSED_ON} Take the matter to that process yourself.`;

type Redirected = Pick<ReferralStatusView, 'redirectedToPanelId' | 'redirectedToProcess' | 'nextStep'>;

/** Returns the target of a redirection and the referrer's next step. A panel that the reader may not see is omitted. */
async function redirectedTo(work: UnitOfWork, { id, status }: Referral): Promise<Redirected> {
  const [decision] =
    status === 'redirected'
      ? await work.records.findMany('read', ReferralDecision, { referralId: id, kind: 'redirection' }, 1)
      : [];
  if (!decision) return { redirectedToPanelId: null, redirectedToProcess: null, nextStep: null };
  const { targetPanelId, targetProcess } = decision;
  const panel = targetPanelId ? await work.records.findOrNull('read', Panel, targetPanelId) : null;
  return {
    redirectedToPanelId: panel?.id ?? null,
    redirectedToProcess: targetProcess,
    nextStep: panel ? TO_PANEL : targetProcess ? TO_PROCESS : `${NOTHING_PASSED_ON} Ask the panel who should hear it.`,
  };
}

type Subject = Pick<ReferralRequest, 'subjectKind' | 'personId' | 'placeId' | 'groupId'>;

/** Adds the person whom the referral is about to the people named. */
function withSubject({ subjectKind, personId }: Subject, people: ReferralPersonRequest[]): ReferralPersonRequest[] {
  const role = ROLE_OF_SUBJECT[subjectKind];
  if (!role || !personId || people.some((one) => one.personId === personId)) return people;
  return [{ personId, role, rationale: 'The referral is about this person.' }, ...people];
}

const unknownSubject = (errors: FieldError[]) => unacceptable('unknown-subject', NAMING_HINT, errors);

/**
 * Checks that the subject fits its kind. Each person, place and group must be one that the referrer may name to the
 * panel.
 */
async function mustName(
  work: UnitOfWork,
  receiving: NamedIn,
  subject: Subject,
  people: ReferralPersonRequest[],
): Promise<void> {
  const errors: FieldError[] = [];
  const ways = [
    ['personId', Person, subject.subjectKind.startsWith('person')],
    ['placeId', Place, subject.subjectKind === 'place'],
    ['groupId', Group, subject.subjectKind === 'group'],
  ] as const;
  for (const [column, type, needed] of ways) {
    const id = subject[column] ?? null;
    if (needed !== (id !== null))
      errors.push({ pointer: `/${column}`, detail: needed ? 'missing' : `not for the kind ${subject.subjectKind}` });
    else if (id && !(await findNameable<Person | Place | Group>(work, type, id, receiving)))
      errors.push({ pointer: `/${column}`, detail: NOT_NAMEABLE });
  }
  for (const [at, { personId }] of people.entries())
    if (!(await findNameable(work, Person, personId, receiving)))
      errors.push({ pointer: `/people/${String(at)}/personId`, detail: NOT_NAMEABLE });
  if (errors.length) throw unknownSubject(errors);
}

/** Returns the date of birth only if the referrer may read it: a check must not reveal more than a read. */
async function bornAsKnown(work: UnitOfWork, { personId }: Referral): Promise<Born | null> {
  if (!personId) return null;
  const person = await work.records.findOrNull('name', Person, personId);
  const shown =
    person && fieldMask(work.actor, shapeOf(PersonView), 'name', { ...person }).shown.includes('dateOfBirth');
  return person && shown ? person : { dateOfBirth: null, datePrecision: 'day' };
}

/**
 * Checks again the people and subject named in a draft: they may have been known to the panel then and no longer be.
 * Records of the agency itself can always be named. Throws with a pointer for each that may not be named: `/personId`,
 * `/placeId`, `/groupId`, or `/people` for a person in a role.
 */
async function mustStillName(work: UnitOfWork, referral: Referral, people: ReferralPerson[]): Promise<void> {
  const roles = [...new Set(people.map(({ personId }) => personId))].filter((id) => id !== referral.personId);
  const named = [
    { type: Person, id: referral.personId, pointer: '/personId' },
    ...roles.map((id) => ({ type: Person, id, pointer: '/people' })),
    { type: Place, id: referral.placeId, pointer: '/placeId' },
    { type: Group, id: referral.groupId, pointer: '/groupId' },
  ] as const;
  const errors: FieldError[] = [];
  for (const { type, id, pointer } of named) {
    if (id === null) continue;
    const own = await work.manager.existsBy<Person | Place | Group>(type, { id, agencyId: work.actor.agencyId });
    if (!own && !(await findNameable<Person | Place | Group>(work, type, id, ofReferral(referral))))
      errors.push({ pointer, detail: `${id} is ${NOT_NAMEABLE}` });
  }
  if (errors.length) throw unknownSubject(errors);
}

/** Makes the subject and all people named in the referral visible to the panel. */
async function putBeforePanel(work: UnitOfWork, referral: Referral, people: ReferralPerson[]): Promise<void> {
  const known = await work.asSystem(() => work.manager.findBy(ReferralSubject, { referralId: referral.id }));
  const named = new Set([referral.personId, ...people.map((one) => one.personId)]);
  const subjects = [
    ...[...named].map((personId) => ({ personId, placeId: null, groupId: null })),
    { personId: null, placeId: referral.placeId, groupId: referral.groupId },
  ];
  for (const subject of subjects) {
    const id = subject.personId ?? subject.placeId ?? subject.groupId;
    if (id === null || known.some((one) => [one.personId, one.placeId, one.groupId].includes(id))) continue;
    await work.write.insert(ReferralSubject, { ...subject, ...ofReferral(referral) });
  }
}
