/** Whatever a spec file opened is closed after it: a spec says what it needs, not how to tidy up. */
import { afterAll } from '@jest/globals';
import { closeEverything } from './opened.ts';

afterAll(closeEverything);
