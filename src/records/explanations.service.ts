import { Injectable } from '@nestjs/common';
import { Actors, type Actor } from '../policy/actor.js';
import { classOf } from '../policy/classification.js';
import { explain } from '../policy/explanation.js';
import { matrixText, policyMatrix } from '../policy/matrix.js';
import { invalid, notFound, refused } from '../policy/problems.js';
import { relationOf, subjectNamed, subjectOf, type RecordClass, type Subject } from '../policy/subjects.js';
import type { ExplanationRequest } from './explanation.requests.js';
import { rowsWithFacts } from './facts.js';
import { Presented } from './presented.js';
import { Records } from './records.js';
import type { Work } from './work.js';

/**
 * Answers why. Only about records that the asker may read: about what is hidden there is no explanation, as there is no
 * record. About others only the coordination of the panel and the data protection officer may ask.
 */
@Injectable()
export class ExplanationsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  matrix(asText: boolean): Presented {
    return asText
      ? new Presented({}, 200, {}, matrixText(), 'text/plain; charset=utf-8')
      : new Presented({ ...policyMatrix(), withheld: [] });
  }

  explain(actor: Actor, request: ExplanationRequest): Promise<Presented> {
    const subject = subjectNamed(request.type);
    if (!subject) throw unknown('/type', 'no such type of record; see /v1/policy/matrix');
    if (request.field && !classOf(subject.type, request.field)) throw unknown('/field', 'no such field of this record');
    return this.records.read(actor, async (work) => {
      await this.mayAsk(work, subject, request);
      const about = await this.about(work, subject, request);
      const [row] = await rowsWithFacts(
        work.manager,
        about,
        subject.type,
        [request.action],
        [request.id],
        request.panelId,
      );
      if (!row) throw notFound();
      work.explained(subject, row);
      return new Presented({ ...explain(about, subject, request.action, row, request.field), withheld: [] });
    });
  }

  /** About oneself, who may read the record; about others, also who may explain it without reading it. */
  private async mayAsk(work: Work, subject: Subject, { actor: about, id }: ExplanationRequest): Promise<void> {
    if (about && (await work.peek('explain', subject.type, id))) return;
    await work.find('read', subject.type, id);
  }

  private async about(work: Work, subject: Subject, { actor: id, ...request }: ExplanationRequest): Promise<Actor> {
    if (!id || id === work.actor.id) return work.actor;
    if (!(await this.mayAskAboutOthers(work, subject, request.id)))
      throw refused(
        'not-permitted',
        'Only the coordination of the panel and the data protection officer may ask what others see. Ask about yourself.',
      );
    const { now, call } = work.actor;
    const about = await this.actors.practitioner(id, { now, call });
    if (!about) throw unknown('/actor', 'no active practitioner has this identifier');
    return about;
  }

  /** May the asker `explain` the record, or what it stands in? */
  private async mayAskAboutOthers(work: Work, subject: Subject, id: string): Promise<boolean> {
    if (subject.grounds.some((ground) => ground.actions.includes('explain')))
      return (await work.peek('explain', subject.type, id)) !== null;
    if (!subject.parent) return false;
    const relation = relationOf(subject, subject.parent);
    const row = await work.find('read', subject.type as RecordClass<Record<string, unknown>>, id);
    return this.mayAskAboutOthers(work, subjectOf(relation.to), row[relation.local] as string);
  }
}

const unknown = (pointer: string, detail: string): Error =>
  invalid('The question names something unknown; see errors.', [{ pointer, detail }]);
