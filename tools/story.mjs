/**
 * `npm run story`: demonstration of one four-week cycle of three panels through HTTP, with the people of the sandbox.
 * It includes a bid that is escalated to the TTCG and decided there, and compares what each agency sees of the same
 * case. Exits with 1 if a response differs from the policy.
 *
 * Uses the server of `WARDMOTE_URL`, else of `PORT` on this machine; if none responds, starts its own.
 */
import { session } from './session.mjs';
import { actions } from './story/week-4.mjs';
import { closing } from './story/closing.mjs';
import { contributions } from './story/week-2.mjs';
import { cycle } from './story/cycle.mjs';
import { findServer } from './story/server.mjs';
import { meetings } from './story/week-3.mjs';
import { openPlot } from './story/plot.mjs';
import { openStage, StoryEnds } from './story/stage.mjs';
import { referrals } from './story/week-1.mjs';
import { sideBySide } from './story/side-by-side.mjs';

let isComplete = false;
// an interrupted run has verified nothing
process.once('exit', () => {
  if (!isComplete) process.exitCode = 1;
});

await session(async (run) => {
  const stage = await openStage(await findServer(run));
  try {
    const plot = await openPlot(stage);
    for (const chapter of [referrals, contributions, meetings, cycle, actions, sideBySide, closing])
      await chapter(stage, plot);
  } catch (error) {
    if (run.over()) return 1;
    const why = error instanceof StoryEnds ? error.message : error instanceof Error ? error.stack : error;
    stage.promise('the story can be told to its end', false, why);
  }
  const { kept, broken } = stage.counts();
  console.log(`\n${kept} promises kept, ${broken} broken`);
  isComplete = true;
  return broken ? 1 : 0;
});
