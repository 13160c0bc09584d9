import { Almanac, Engine, type TopLevelCondition } from 'json-rules-engine'
import type { Claims } from './claims.ts'
import { criteriaDigest, type Criteria, type CriteriaOperator, type Criterion, type Rule } from './criteria.ts'
import { isObject } from './encoding.ts'
import { BoundedCache } from './cache.ts'
import type { CredentialType } from './schemas.ts'

/** A criterion that was not met, named without any value of the borrower. */
export interface FailedCriterion {
  readonly id: string
  readonly text: string
  readonly fact: CredentialType
  readonly path: string
}

export type Facts = Partial<Record<CredentialType, Claims>>

export interface Eligibility {
  /** `undecided`: unmet as things are, but it could be met by facts that were withheld. */
  readonly verdict: 'met' | 'unmet' | 'undecided'
  /** With `unmet`: the criteria because of which. */
  readonly failed: readonly FailedCriterion[]
}

/** A condition with what it is called. `not` is gone: it was carried into the operators. */
type Condition = (Criterion & { readonly failure: FailedCriterion }) | { readonly all: Condition[] } | { readonly any: Condition[] }

const OPPOSITE: Record<CriteriaOperator, CriteriaOperator> = {
  equal: 'notEqual', notEqual: 'equal', in: 'notIn', notIn: 'in',
  lessThan: 'greaterThanInclusive', greaterThanInclusive: 'lessThan', greaterThan: 'lessThanInclusive', lessThanInclusive: 'greaterThan',
}

const SAID: Record<CriteriaOperator, string> = {
  equal: 'is', notEqual: 'is not', in: 'is one of', notIn: 'is none of',
  lessThan: 'is less than', lessThanInclusive: 'is at most', greaterThan: 'is more than', greaterThanInclusive: 'is at least',
}

type Compare = (claim: unknown, value: unknown) => boolean

const sameType = (claim: unknown, value: unknown): boolean => typeof claim === typeof value
const ordered = (compare: (claim: number, value: number) => boolean): Compare => (claim, value) =>
  Number.isSafeInteger(claim) && Number.isSafeInteger(value) && compare(claim as number, value as number)

// Each fails for a claim that is missing or of another type, the negative ones included. The library's own do not.
const OPERATORS: Record<CriteriaOperator, Compare> = {
  equal: (claim, value) => claim === value,
  notEqual: (claim, value) => sameType(claim, value) && claim !== value,
  in: (claim, value) => (value as unknown[]).includes(claim),
  notIn: (claim, value) => (value as unknown[]).every((item) => sameType(claim, item) && claim !== item),
  lessThan: ordered((claim, value) => claim < value),
  lessThanInclusive: ordered((claim, value) => claim <= value),
  greaterThan: ordered((claim, value) => claim > value),
  greaterThanInclusive: ordered((claim, value) => claim >= value),
}

/** The claim at a dotted path of own members. No JSONPath: its scripts can block the process. */
function claimAt(claims: object, path: string): unknown {
  let value: unknown = claims
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/**
 * Carries `not` down to the criteria (De Morgan), where it becomes the opposite operator. So a claim that is missing
 * fails below a `not` as well, which a plain negation would let pass.
 */
function toCondition(rule: Rule, place: string, negated: boolean): Condition {
  if ('not' in rule) return toCondition(rule.not, `${place}.not`, !negated)
  if ('all' in rule || 'any' in rule) {
    const kind = 'all' in rule ? 'all' : 'any'
    const inner = ('all' in rule ? rule.all : rule.any).map((item, index) => toCondition(item, `${place}.${kind}.${index}`, negated))
    return (kind === 'all') === negated ? { any: inner } : { all: inner }
  }
  const operator = negated ? OPPOSITE[rule.operator] : rule.operator
  const id = rule.id ?? place.replace(/^rules\./, '')
  const text = rule.text ?? `${rule.fact}.${rule.path} ${SAID[operator]} ${[rule.value].flat().join(', ')}`
  return { ...rule, operator, failure: { id, text, fact: rule.fact, path: rule.path } }
}

/** Results of one run in the shape of the conditions. */
interface Outcome {
  readonly result?: boolean
  readonly all?: readonly Outcome[]
  readonly any?: readonly Outcome[]
}

/**
 * Hands the engine the claim at a path and nothing else: a fact that was not verified is undefined. The library's own
 * almanac hashes each fact on each run and resolves paths by JSONPath.
 */
class VerifiedFacts extends Almanac {
  readonly #facts: Facts

  constructor(facts: Facts) {
    super({ allowUndefinedFacts: true, pathResolver: claimAt })
    this.#facts = facts
  }

  override factValue<T>(factId: string, _params?: Record<string, unknown>, path = ''): Promise<T> {
    const claims = Object.hasOwn(this.#facts, factId) ? this.#facts[factId as CredentialType] : undefined
    return Promise.resolve((claims === undefined ? undefined : claimAt(claims, path)) as T)
  }
}

class CompiledRules {
  readonly #conditions: Exclude<Condition, Criterion>
  readonly #engine: Engine
  #last: Promise<unknown> = Promise.resolve()

  constructor(rules: Rule) {
    const condition = toCondition(rules, 'rules', false)
    this.#conditions = 'failure' in condition ? { all: [condition] } : condition
    const conditions = engineConditions(this.#conditions) as TopLevelCondition
    this.#engine = new Engine([{ conditions, event: { type: 'eligible' } }])
    for (const [name, compare] of Object.entries(OPERATORS)) this.#engine.addOperator(name, compare)
  }

  /**
   * One run after the other: an engine keeps its running state in itself, and a run that ends while another begins makes
   * the other skip its rules without a word.
   */
  evaluate(facts: Facts, withheld: ReadonlySet<CredentialType>): Promise<Eligibility> {
    const run = this.#last.then(() => this.#run(facts, withheld))
    this.#last = run.catch(() => undefined)
    return run
  }

  async #run(facts: Facts, withheld: ReadonlySet<CredentialType>): Promise<Eligibility> {
    const { results, failureResults } = await this.#engine.run({}, { almanac: new VerifiedFacts(facts) })
    if (results.length + failureResults.length !== 1) throw new Error('the rule engine gave no result')
    if (results.length === 1) return { verdict: 'met', failed: [] }
    const failed: FailedCriterion[] = []
    const decided = collect(this.#conditions, failureResults[0]?.conditions as Outcome, withheld, failed)
    return decided ? { verdict: 'unmet', failed } : { verdict: 'undecided', failed: [] }
  }
}

/** Bare conditions for the engine: no texts, no ids, a path and a value. */
function engineConditions(condition: Condition): object {
  if ('all' in condition) return { all: condition.all.map(engineConditions) }
  if ('any' in condition) return { any: condition.any.map(engineConditions) }
  const { fact, path, operator, value } = condition
  return { fact, path, operator, value }
}

/**
 * Whether the condition fails even if everything that was withheld were met; gathers the criteria because of which.
 * What the engine says of the borrower's values (`factResult`) stays here.
 */
function collect(
  condition: Condition, outcome: Outcome | undefined, withheld: ReadonlySet<CredentialType>, failed: FailedCriterion[],
): boolean {
  if ('failure' in condition) {
    if (outcome?.result === true || withheld.has(condition.fact)) return false
    failed.push(condition.failure)
    return true
  }
  const [inner, outcomes] = 'all' in condition ? [condition.all, outcome?.all] : [condition.any, outcome?.any]
  const found: FailedCriterion[] = []
  const failing = inner.map((item, index) => collect(item, outcomes?.[index], withheld, found))
  const fails = 'all' in condition ? failing.includes(true) : !failing.includes(false)
  if (fails) failed.push(...found)
  return fails
}

const compiled = new BoundedCache<string, CompiledRules>(256)

/**
 * Whether the facts (claims of credentials that were verified) meet the rules. `withheld` names credentials that exist but
 * whose claims may not be believed. Engines are kept by the digest of the criteria, 256 of them.
 */
export async function evaluateCriteria(
  criteria: Criteria, facts: Facts, withheld: ReadonlySet<CredentialType> = new Set(),
): Promise<Eligibility> {
  if (criteria.rules === undefined) return { verdict: 'met', failed: [] }
  const digest = criteriaDigest(criteria)
  let rules = compiled.get(digest)
  if (rules === undefined) {
    rules = new CompiledRules(criteria.rules)
    compiled.set(digest, rules)
  }
  return rules.evaluate(facts, withheld)
}
