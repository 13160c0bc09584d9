import { isCode, type Code, type identity as contract } from '@growr/contracts'
import type { Check, CredentialCode, Verification } from '@growr/credentials'

/** How the checks of a verification leave the node: by paths and codes of the catalogue, the decisive one first. */
export interface Verdict {
  readonly checks: { id: string; check: string; verdict: 'valid' | 'invalid' | 'unknown'; code: string | null }[]
  readonly refusal: contract.Verification['refusal']
}

const renamed: Partial<Record<CredentialCode, Code>> = {
  PRESENTATION_NOT_YET_VALID: 'PRESENTATION_EXPIRED',
  PRESENTATION_LIFETIME: 'PRESENTATION_EXPIRED',
  CREDENTIAL_DUPLICATE: 'CREDENTIAL_MALFORMED',
  CREDENTIAL_TYPE_UNKNOWN: 'CREDENTIAL_MALFORMED',
  DID_UNRESOLVED: 'ISSUER_UNREACHABLE',
}

/** The code of the catalogue for a check's reason. NOT_CHECKED is none: it says that an earlier check had failed. */
function codeOf({ id, code }: Check): string | null {
  if (code === null || code === 'NOT_CHECKED' || isCode(code)) return code
  const known = renamed[code]
  if (known !== undefined) return known
  if (code.startsWith('STATUS_')) return 'STATUS_UNKNOWN'
  // What remains is about the form of a token, or of a key in it.
  if (id === 'presentation.signature') return 'PRESENTATION_TAMPERED'
  if (id === 'credential.signature') return 'CREDENTIAL_TAMPERED'
  return id.startsWith('presentation') ? 'PRESENTATION_MALFORMED' : 'CREDENTIAL_MALFORMED'
}

const weight = ({ verdict, code }: Check): number => (verdict === 'invalid' ? 0 : verdict === 'valid' ? 3 : code === 'NOT_CHECKED' ? 2 : 1)

/** Each check, a criterion that failed as one of its own; whoever reads them in order meets the reason first. */
export function verdictOf({ checks, verdict }: Verification): Verdict {
  const ordered = checks.toSorted((a, b) => weight(a) - weight(b))
  const listed = ordered.flatMap((check) => {
    const one = { id: check.path, check: check.id, verdict: check.verdict, code: codeOf(check) }
    return check.criteria === undefined || check.criteria.length === 0 ? [one] : check.criteria.map(({ id }) => ({ ...one, id: `${check.path}.${id}` }))
  })
  const [first] = ordered
  if (verdict === 'valid' || first === undefined) return { checks: listed, refusal: null }
  const code = codeOf(first)
  const criteria = first.criteria?.map(({ id, text }) => ({ id, text }))
  return {
    checks: listed,
    refusal: { code: isCode(code) ? code : 'STATUS_UNKNOWN', path: first.path, details: criteria === undefined ? {} : { criteria } },
  }
}
