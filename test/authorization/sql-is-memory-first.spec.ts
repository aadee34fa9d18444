/** The first half of the worlds, in a file of its own because Jest gives each file a worker; see `layers-agree.ts`. */
import { WORLDS } from '../support/layers-agree.ts';
import { worldsAgree } from '../support/worlds-agree.ts';

test(`one policy, however it is read, in the first half of ${String(WORLDS)} worlds`, () => worldsAgree(0), 900_000);
