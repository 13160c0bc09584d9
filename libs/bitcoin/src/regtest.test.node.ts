// Where it was; its callers move over one by one.
export * from './testing.regtest.ts'
