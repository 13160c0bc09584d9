import { isObject } from '../match.ts'
import type { Finding } from './finding.ts'

/** What every verification of a presentation looks at, and what of each credential that a project requires. */
const OF_PRESENTATION = ['presentation.form', 'presentation.signature', 'presentation.time', 'presentation.verifier', 'presentation.challenge'] as const
const OF_CREDENTIAL = ['credential.present', 'credential.form', 'credential.signature', 'credential.holder', 'credential.issuer', 'credential.time', 'credential.status', 'credential.schema'] as const

/** A loan that was approved, as its entry records it. */
export interface Approval {
  readonly book: string
  readonly seq: number
  /** `data` of the event `loan.approved`. */
  readonly data: Readonly<Record<string, unknown>>
}

interface Check {
  readonly id: string
  readonly check: string
  readonly verdict: string
}

/**
 * Whether the verification that an approval records made every check that the project's criteria ask for, each with the
 * verdict `valid`, and whether its presentation was used for this application alone.
 */
export function skippedChecks(approvals: readonly Approval[], criteriaOf: (project: string) => unknown): Finding[] {
  const findings: Finding[] = []
  const answered = new Map<string, Approval>()
  for (const approval of approvals) {
    const { book, seq, data } = approval
    const add = (message: string): void => void findings.push({ code: 'CHECK_SKIPPED', of: book, at: seq, message })
    const criteria = criteriaOf(String(data['projectKey']))
    const verification = data['verification']
    if (!isObject(verification) || !Array.isArray(verification['checks']) || typeof verification['digest'] !== 'string') {
      add('a loan was approved and no verification is recorded')
      continue
    }
    if (typeof data['verifierDid'] !== 'string') add('a loan was approved and no verifier is named')
    const checks = verification['checks'] as readonly Check[]
    for (const { id, check, verdict } of checks) if (verdict !== 'valid') add(`a loan was approved although ${check} of ${id} was ${verdict}`)
    const made = new Set(checks.map(({ id, check }) => `${check} ${check === 'criteria' ? '' : id}`))
    for (const [id, check] of demanded(criteria)) if (!made.has(`${check} ${check === 'criteria' ? '' : id}`)) add(`a loan was approved without the check ${check} of ${id}`)
    const earlier = answered.get(verification['digest'])
    if (earlier) add(`its presentation had been used before, in entry ${earlier.seq} of ${earlier.book}`)
    else answered.set(verification['digest'], approval)
  }
  return findings
}

function demanded(criteria: unknown): [id: string, check: string][] {
  if (!isObject(criteria) || !Array.isArray(criteria['required'])) return [['checks', 'criteria']]
  const credentials = (criteria['required'] as readonly unknown[]).flatMap((type) => OF_CREDENTIAL.map((check): [string, string] => [`checks.${String(type)}`, check]))
  const rules: [string, string][] = criteria['rules'] === undefined || criteria['rules'] === null ? [] : [['checks.criteria', 'criteria']]
  return [...OF_PRESENTATION.map((check): [string, string] => ['checks.presentation', check]), ['checks.trusted', 'trust'], ...credentials, ...rules]
}
