/** `advice` is nothing to worry about today. */
export type Verdict = 'ok' | 'advice' | 'wrong'

/** One thing that the doctor has looked at. */
export interface Finding {
  /** Stable, such as `backup.age`. */
  readonly id: string
  readonly verdict: Verdict
  /** What is so: nothing personal, no secret. */
  readonly what: string
  /** What to do about it. */
  readonly todo?: string
}

export const ok = (id: string, what: string): Finding => ({ id, verdict: 'ok', what })
export const advice = (id: string, what: string, todo: string): Finding => ({ id, verdict: 'advice', what, todo })
export const wrong = (id: string, what: string, todo: string): Finding => ({ id, verdict: 'wrong', what, todo })

const SIGNS: Readonly<Record<Verdict, string>> = { ok: ' ok ', advice: ' !  ', wrong: 'WRONG' }

/** The findings in words: what is wrong first. */
export function findingLines(findings: readonly Finding[]): string[] {
  const order: readonly Verdict[] = ['ok', 'advice', 'wrong']
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
  const counted = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length
  const lines = sorted.flatMap(({ verdict, id, what, todo }) => [`${SIGNS[verdict].padEnd(5)} ${id.padEnd(20)} ${what}`, ...(todo === undefined ? [] : [`${' '.repeat(27)}→ ${todo}`])])
  const end = counted('wrong') > 0 ? `${counted('wrong')} wrong, ${counted('advice')} to think of.` : counted('advice') > 0 ? `Nothing is wrong; ${counted('advice')} to think of.` : 'All is well.'
  return [...lines, '', end]
}
