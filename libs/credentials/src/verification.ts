import type { FailedCriterion } from './eligibility.ts'
import type { CredentialCode } from './errors.ts'
import type { CredentialType } from './schemas.ts'

export type Verdict = 'valid' | 'invalid' | 'unknown'

/** One thing that was looked at. */
export interface Check {
  /** What was looked at: `presentation.signature`, `credential.status`, `criteria` … */
  readonly id: string
  /** The credential it was looked at in. */
  readonly subject?: CredentialType
  /** `unknown` is not valid: it could not be found out, or was not looked at because an earlier check had failed (NOT_CHECKED). */
  readonly verdict: Verdict
  /** The reason why it is not valid, else null. */
  readonly code: CredentialCode | null
  /** Where to show it: `checks.KYC`, `checks.presentation`, `checks.criteria`, `checks.credentials.2`. */
  readonly path: string
  /** With CRITERIA_NOT_MET: which criteria, never the borrower's values. */
  readonly criteria?: readonly FailedCriterion[]
}

/** What a verification found. No claim is in it. */
export interface Verification {
  /** Valid only if every check is; invalid if one is; unknown otherwise. */
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  /** DID that signed the presentation; undefined where it could not be read. Believe it only if the verdict is valid. */
  readonly holder: string | undefined
  /** SHA-256 of the presentation as it came, base64url. */
  readonly digest: string
  /** SHA-256 of the criteria that it was judged by, base64url. */
  readonly criteriaDigest: string
}

/** Gathers checks in the order in which they were made. */
export class Checklist {
  readonly checks: Check[] = []

  pass(id: string, path: string, subject?: CredentialType): true {
    const check = { id, path, verdict: 'valid', code: null } as const
    this.checks.push(subject === undefined ? check : { ...check, subject })
    return true
  }

  fail(id: string, path: string, code: CredentialCode, subject?: CredentialType, criteria?: readonly FailedCriterion[]): false {
    this.#refuse('invalid', id, path, code, subject, criteria)
    return false
  }

  unknown(id: string, path: string, code: CredentialCode, subject?: CredentialType): false {
    this.#refuse('unknown', id, path, code, subject)
    return false
  }

  /** Adds a pass, or a failure for the reason. */
  expect(holds: boolean, id: string, path: string, code: CredentialCode, subject?: CredentialType): boolean {
    return holds ? this.pass(id, path, subject) : this.fail(id, path, code, subject)
  }

  get verdict(): Verdict {
    if (this.checks.length === 0 || this.checks.some((check) => check.verdict === 'invalid')) return 'invalid'
    return this.checks.every((check) => check.verdict === 'valid') ? 'valid' : 'unknown'
  }

  #refuse(
    verdict: Verdict, id: string, path: string, code: CredentialCode, subject?: CredentialType, criteria?: readonly FailedCriterion[],
  ): void {
    const about = subject === undefined ? {} : { subject }
    this.checks.push({ id, path, verdict, code, ...about, ...(criteria === undefined ? {} : { criteria }) })
  }
}

/**
 * The check to name in a refusal: the first that is invalid; else the first that is unknown for a reason of its own;
 * undefined if the verification is valid.
 */
export function decisiveCheck(verification: Verification): Check | undefined {
  const { checks, verdict } = verification
  if (verdict === 'valid') return undefined
  return (
    checks.find((check) => check.verdict === 'invalid') ??
    checks.find((check) => check.verdict === 'unknown' && check.code !== 'NOT_CHECKED') ??
    checks.find((check) => check.verdict === 'unknown')
  )
}
