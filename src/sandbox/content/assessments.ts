/**
 * Synthetic answers to the instruments that panels use.
 *
 * Questions are neutral keys (`q01`): the licensed wording is never part of this repository. The score follows from the
 * answers; where a band differs from the score, a named judgement says why and only ever raises it.
 */
import type { CasePanelType, CaseStory, SandboxAssessment } from './caseload.js';
import type { Chance, IsoDate } from './seeded.js';

export function assess(story: CaseStory, chance: Chance, assessedOn: IsoDate): SandboxAssessment {
  const isPlaceOrGroup = story.scenario.subjectKind === 'place' || story.scenario.subjectKind === 'group';
  const assessment = assessmentFor(story.type, isPlaceOrGroup, chance, assessedOn, story.scenario.criteria);
  if (!story.band || story.band === assessment.band) return assessment;
  return {
    ...assessment,
    judgementBand: story.band,
    judgementReason: 'What is known of recent events outweighs the score.',
  };
}

function assessmentFor(
  type: CasePanelType,
  isPlaceOrGroup: boolean,
  chance: Chance,
  assessedOn: IsoDate,
  criteria: string[],
): SandboxAssessment {
  const questions = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => `q${String(at + 1).padStart(2, '0')}`);
  const sum = (answers: Record<string, number>): number =>
    Object.values(answers).reduce((total, each) => total + each, 0);

  if (type === 'marac') {
    const score = criteria.includes('visible_high_risk') ? chance.between(14, 20) : chance.between(9, 13);
    const yes = new Set(chance.some(questions(24), score));
    const answers = Object.fromEntries(
      questions(24).map((q) => [q, yes.has(q) ? 'yes' : chance.onceIn(4) ? 'dont_know' : 'no']),
    );
    const band = score >= 14 ? 'high' : score >= 10 ? 'medium' : 'standard';
    return {
      instrument: 'DASH',
      version: '2015.1',
      assessedOn,
      answers,
      score,
      band,
      ...(band !== 'high' && {
        judgementBand: 'high',
        judgementReason: 'Fear and isolation keep the victim from saying more than this.',
      }),
    };
  }
  if (type === 'syv') {
    const answers = Object.fromEntries(questions(12).map((q) => [q, chance.pick(['yes', 'no', 'no', 'possible'])]));
    const present = Object.values(answers).filter((answer) => answer !== 'no').length;
    const band = present > 6 ? 'red' : present > 4 ? 'amber' : 'green';
    return { instrument: 'SYV-SCREEN', version: '1', assessedOn, answers, score: null, band };
  }
  // the police share only the level of the gateway assessment, so there is no row
  if (type === 'channel')
    return { instrument: 'CHANNEL-GATEWAY', version: '1', assessedOn, answers: {}, score: null, band: 'medium' };
  if (isPlaceOrGroup) {
    const [harm, frequency] = [chance.between(2, 5), chance.between(2, 5)];
    const [trend, weight] = chance.pick<[string, number]>([
      ['decreasing', 1],
      ['stable', 1.25],
      ['increasing', 1.5],
    ]);
    const score = harm * frequency * weight;
    const band = score >= 18 ? 'high' : score >= 9 ? 'medium' : 'standard';
    return { instrument: 'PLACE-MATRIX', version: '1', assessedOn, answers: { harm, frequency, trend }, score, band };
  }
  const answers = Object.fromEntries(questions(10).map((q) => [q, chance.between(1, 5)]));
  const score = sum(answers);
  return {
    instrument: 'CMARAC-31',
    version: '1',
    assessedOn,
    answers,
    score,
    band: score > 31 ? 'high' : score > 22 ? 'medium' : 'standard',
  };
}
