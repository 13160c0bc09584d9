import { documentsContract } from './contract/documents.ts'
import { effectsContract } from './contract/effects.ts'
import { onFreshStore, type ContractStore, type TestRunner } from './contract/kit.ts'

export type { ContractStore, Person, TestRunner } from './contract/kit.ts'

/**
 * What every backend of collections must do, the embedded one and distributed ones alike. Call it in a test file with a way to
 * make stores and with the `describe` and `it` of the test runner.
 */
export function repositoryContract(makeStore: () => Promise<ContractStore>, runner: TestRunner): void {
  const on = onFreshStore(makeStore, runner)
  documentsContract(on, runner)
  effectsContract(on, runner)
}
