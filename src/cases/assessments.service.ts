import { Injectable } from '@nestjs/common';
import { Instrument } from '../instruments/instrument.entity.js';
import { effectiveBand, isLowered, score, type AnswerFault } from '../instruments/scoring.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { unacceptable, type FieldError } from '../http/problems.js';
import { Panel } from '../panels/panel.entity.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { mustNotLieAhead } from '../panels/limits.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Assessment } from './assessment.entity.js';
import type { AssessmentRequest } from './assessment.dto.js';
import { AssessmentView } from './assessment.response.js';
import { Case, CasePerson } from './case.entity.js';
import { mustBeOpen } from './open-case.js';

/** Risk assessments by agencies. An assessment does not change the case; a person sets the band of the case. */
@Injectable()
export class AssessmentsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, caseId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Case, caseId);
      return work.respond.page(AssessmentView, { caseId }, query, { panelId });
    });
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(AssessmentView, await work.records.find('read', Assessment, id)),
    );
  }

  assess(actor: Actor, caseId: string, request: AssessmentRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const about = await work.records.find('assess', Case, caseId, { lock: true });
      mustBeOpen(about, 'no assessments');
      const instrument = await findInstrument(work, about, request);
      await mustHaveRole(work, about, request.personId ?? null);
      await mustSupersedeOwn(work, about, instrument, request);
      const { score: reached, computedBand, faults } = score(instrument, request.answers);
      if (faults.length)
        throw unacceptable(
          'answers-do-not-fit',
          'The answers do not match the instrument. Correct the answers listed in errors.',
          faults.map(fieldErrorOf),
        );
      const judgementBand = request.judgementBand ?? null;
      const judgementReason = request.judgementReason ?? null;
      await mustBeReasoned(work, about, isLowered(computedBand, judgementBand), judgementBand, judgementReason);
      const assessment = await work.write.insert(Assessment, {
        caseId,
        panelId: about.panelId,
        partnershipId: about.partnershipId,
        ...contributorOf(actor),
        category: 'risk_assessment',
        instrumentId: instrument.id,
        personId: request.personId ?? null,
        answers: request.answers,
        score: reached,
        computedBand,
        judgementBand,
        judgementReason,
        effectiveBand: effectiveBand(computedBand, judgementBand),
        assessedOn: request.assessedOn,
        assessedById: actor.id,
        supersedesId: request.supersedesId ?? null,
      });
      work.recordEvent('assessment.made', Assessment, assessment, { instrument: instrument.code });
      return work.respond.one(AssessmentView, assessment, { status: 201 });
    });
  }
}

const fieldErrorAt = (pointer: string, detail: string): FieldError[] => [{ pointer, detail }];

/** Returns the instrument, which must be in use on the day of the assessment and by this type of panel. */
async function findInstrument(work: UnitOfWork, about: Case, request: AssessmentRequest): Promise<Instrument> {
  const { instrumentId, assessedOn } = request;
  mustNotLieAhead(assessedOn, work.now, '/assessedOn');
  const instrument = await work.records.findOrNull('read', Instrument, instrumentId);
  const panel = await work.records.findOrNull('read', Panel, about.panelId);
  if (!instrument || !panel || !instrument.panelTypes.includes(panel.type)) throw unknownInstrument();
  const { effectiveFrom, effectiveTo } = instrument;
  if (assessedOn < effectiveFrom || (effectiveTo !== null && assessedOn > effectiveTo))
    throw unacceptable(
      'edition-not-in-use',
      'Choose the edition in use on the day of the assessment.',
      fieldErrorAt('/instrumentId', 'is not in use on that day'),
    );
  return instrument;
}

async function mustHaveRole(work: UnitOfWork, about: Case, personId: string | null): Promise<void> {
  if (personId === null || personId === about.personId) return;
  const [role] = await work.records.findMany('read', CasePerson, { caseId: about.id, personId }, 1);
  if (!role)
    throw unacceptable(
      'no-role-in-case',
      'Assess a person who has a role in this case, or name the person in the case first.',
      fieldErrorAt('/personId', 'has no role in this case'),
    );
}

/**
 * Requires that a superseded assessment is one of the same agency, case, instrument and person. An assessment of a
 * person removed from the case as named in error may be superseded by one of the right person.
 */
async function mustSupersedeOwn(
  work: UnitOfWork,
  about: Case,
  instrument: Instrument,
  request: AssessmentRequest,
): Promise<void> {
  if (!request.supersedesId) return;
  const earlier = await work.records.findOrNull('read', Assessment, request.supersedesId);
  const same =
    earlier?.caseId === about.id &&
    earlier.agencyId === work.actor.agencyId &&
    (earlier.personId === (request.personId ?? null) || (await wasRemoved(work, about, earlier.personId))) &&
    (await work.records.findOrNull('read', Instrument, earlier.instrumentId))?.code === instrument.code;
  if (!same) throw supersedesAnother();
}

async function wasRemoved(
  work: UnitOfWork,
  { id: caseId, personId: about }: Case,
  personId: string | null,
): Promise<boolean> {
  if (personId === null || personId === about) return false;
  return !(await work.asSystem(() => work.manager.existsBy(CasePerson, { caseId, personId })));
}

/**
 * Requires a reason for a judgement, and a chair or coordinator for a judgement below the score. Source: MARAC note,
 * section 0, point 5 and section 5.1 "Scoring"; JAG note, section 1.5.
 */
async function mustBeReasoned(
  work: UnitOfWork,
  about: Case,
  isLower: boolean,
  band: string | null,
  reason: string | null,
): Promise<void> {
  if ((band === null) !== (reason === null))
    throw unacceptable('judgement-incomplete', 'Give both a band and a reason for a judgement, or neither.', [
      { pointer: band === null ? '/judgementBand' : '/judgementReason', detail: 'missing' },
    ]);
  if (isLower && !(await work.records.findOrNull('lower-band', Case, about.id))) throw judgementLowers();
}

const FAULT_TEXTS: Record<AnswerFault['kind'], string> = {
  'unknown-key': 'is not an item of this instrument',
  'answered-twice': 'is answered twice',
  'not-an-answer': 'is not a valid answer to this item',
  missing: 'must be answered',
};

const fieldErrorOf = ({ kind, key, index }: AnswerFault): FieldError =>
  index === null
    ? { pointer: '/answers', detail: `${key} ${FAULT_TEXTS[kind]}` }
    : { pointer: `/answers/${String(index)}/${kind === 'not-an-answer' ? 'value' : 'key'}`, detail: FAULT_TEXTS[kind] };

const unknownInstrument = (): Error =>
  unacceptable(
    'unknown-instrument',
    'Choose an instrument that this type of panel uses: GET /v1/instruments.',
    fieldErrorAt('/instrumentId', 'no such instrument for this panel'),
  );

const supersedesAnother = (): Error =>
  unacceptable(
    'supersedes-another',
    'Choose an assessment by your own agency, in this case, of the same person and with the same instrument.',
    fieldErrorAt('/supersedesId', 'no such assessment'),
  );

const judgementLowers = (): Error =>
  unacceptable(
    'judgement-lowers',
    'You can only raise the band. Ask the chair or coordinator of the panel to lower it.',
    fieldErrorAt('/judgementBand', 'is below the band of the score'),
  );
