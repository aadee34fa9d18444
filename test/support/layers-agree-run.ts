/** Examines one half of the generated worlds in plain Node, and prints the result as JSON. Argument: the half, 0 or 1. */
import process from 'node:process';
import { examineHalf } from './layers-agree.ts';
import { closeEverything } from './opened.ts';

const agreement = await examineHalf(Number(process.argv[2]));
await closeEverything();
process.stdout.write(JSON.stringify(agreement), () => process.exit(0));
