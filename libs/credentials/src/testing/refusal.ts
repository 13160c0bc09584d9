import { CredentialError } from '../errors.ts'

/** The refusal of a call as `CODE` or `CODE path`; fails where it is not refused, or by another kind of error. */
export async function refusalOf(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    return error.path === undefined ? error.code : `${error.code} ${error.path}`
  }
  throw new Error('it was not refused')
}
