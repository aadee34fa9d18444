/**
 * `npm run story`: one four-week cycle of three panels, with a bid that goes to the TTCG and comes back, played by the sandbox's cast through HTTP, and side by side what
 * each agency sees of the same case. It ends with 1 when anything differs from what the policy promises.
 *
 * Against the server of `WARDMOTE_URL`, else of `PORT` on this machine; where none answers it starts one of its own.
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

let told = false;
// an interrupted story has proved nothing
process.once('exit', () => {
  if (!told) process.exitCode = 1;
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
  told = true;
  return broken ? 1 : 0;
});
