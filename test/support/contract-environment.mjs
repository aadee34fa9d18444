/** Test environment of Node with the validators of the OpenAPI document, which all specs of one worker share. */
import { TestEnvironment } from 'jest-environment-node';
import { createContract } from './contract.mjs';

/** @type {ReturnType<typeof createContract> | undefined} */
let contract;

export default class ContractEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    this.global.contractOf = () => (contract ??= createContract());
    this.global.contradictions = (/** @type {import('./contract.mjs').Exchange} */ exchange) =>
      (contract ??= createContract()).contradictions(exchange);
  }
}
