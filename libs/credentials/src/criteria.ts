import { canonicalJson, isObject, sha256, type JsonObject } from './encoding.ts'
import { CredentialError } from './errors.ts'
import { parseDid } from './did/document.ts'
import { claimTypeAt, isCredentialType, type CredentialType } from './schemas.ts'

/** A pair that is trusted: what this issuer signs in the name of this organization. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly organization: string
}

export type CriterionValue = number | string | boolean

export const CRITERIA_OPERATORS = [
  'equal', 'notEqual', 'in', 'notIn', 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive',
] as const
export type CriteriaOperator = (typeof CRITERIA_OPERATORS)[number]

/** One condition on one claim of one credential. A claim that is not there fulfils no condition, `notEqual` included. */
export interface Criterion {
  readonly fact: CredentialType
  /** Dotted path of the claim in the credential: `level`, `land.squareMetres`. */
  readonly path: string
  readonly operator: CriteriaOperator
  /** An integer in minor units, a text, a boolean; a list of them for `in` and `notIn`. */
  readonly value: CriterionValue | readonly CriterionValue[]
  /** Names the criterion in a refusal. Default: its place, `all.0`. */
  readonly id?: string
  /** Says it to people. */
  readonly text?: string
}

export type Rule = Criterion | { readonly all: readonly Rule[] } | { readonly any: readonly Rule[] } | { readonly not: Rule }

/** What a project asks of a borrower. */
export interface Criteria {
  readonly required: readonly CredentialType[]
  readonly trusted: readonly TrustedIssuer[]
  /** A group; absent where nothing but the credentials themselves is asked for. */
  readonly rules?: Exclude<Rule, Criterion>
}

export const MAX_CONDITIONS = 64
export const MAX_DEPTH = 5
const MAX_TRUSTED = 64
const MAX_LIST = 64
const MAX_TEXT = 256

/**
 * Reads criteria out of JSON (a text or a parsed value) and refuses whatever is not exactly that: unknown members, types,
 * claims or operators, a value of another type than the claim, `priority`, more than 64 conditions, more than five
 * levels, two criteria of one id. Throws CRITERIA_INVALID with the path. An empty `trusted` is allowed: it trusts nobody.
 */
export function parseCriteria(input: unknown): Criteria {
  const value = typeof input === 'string' ? parseText(input) : input
  const criteria = requireObject(value, '', ['required', 'trusted', 'rules'])
  const required = requireList(criteria['required'], 'required', 9).map((type, index) =>
    isCredentialType(type) ? type : invalid('not one of the nine types', `required.${index}`),
  )
  if (new Set(required).size !== required.length) invalid('a type twice', 'required')
  const trusted = requireList(criteria['trusted'], 'trusted', MAX_TRUSTED).map(readTrusted)
  if (criteria['rules'] === undefined) return { required, trusted }
  if (isObject(criteria['rules']) && Object.hasOwn(criteria['rules'], 'fact')) invalid('rules begin with all, any or not', 'rules')
  const reader = new RuleReader()
  return { required, trusted, rules: reader.read(criteria['rules'], 'rules', 1) as Exclude<Rule, Criterion> }
}

function parseText(text: string): unknown {
  if (text.length > 64 * 1024) invalid('longer than 64 KiB', '')
  try {
    return JSON.parse(text)
  } catch {
    return invalid('not JSON', '')
  }
}

function readTrusted(value: unknown, index: number): TrustedIssuer {
  const path = `trusted.${index}`
  const pair = requireObject(value, path, ['issuer', 'organization'])
  const organization = requireText(pair['organization'], `${path}.organization`)
  const issuer = pair['issuer']
  try {
    parseDid(issuer)
  } catch {
    invalid('not a DID', `${path}.issuer`)
  }
  return { issuer: issuer as string, organization }
}

class RuleReader {
  #conditions = 0
  readonly #ids = new Set<string>()

  read(value: unknown, path: string, depth: number): Rule {
    if (depth > MAX_DEPTH) invalid(`deeper than ${MAX_DEPTH} levels`, path)
    if (!isObject(value)) invalid('not an object', path)
    if (Object.hasOwn(value, 'fact')) return this.#criterion(value, path)
    const [kind = '', ...others] = Object.keys(value)
    if (others.length > 0 || (kind !== 'all' && kind !== 'any' && kind !== 'not')) invalid('one of all, any, not', path)
    if (kind === 'not') return { not: this.read(value['not'], `${path}.not`, depth + 1) }
    const rules = requireList(value[kind], `${path}.${kind}`, MAX_CONDITIONS)
    // An empty group would pass whoever comes.
    if (rules.length === 0) invalid('an empty group', `${path}.${kind}`)
    const read = rules.map((rule, index) => this.read(rule, `${path}.${kind}.${index}`, depth + 1))
    return kind === 'all' ? { all: read } : { any: read }
  }

  #criterion(value: JsonObject, path: string): Criterion {
    this.#conditions += 1
    if (this.#conditions > MAX_CONDITIONS) invalid(`more than ${MAX_CONDITIONS} conditions`, path)
    requireObject(value, path, ['fact', 'path', 'operator', 'value', 'id', 'text'])
    const { fact, operator } = value
    if (!isCredentialType(fact)) invalid('not one of the nine types', `${path}.fact`)
    const claim = requireText(value['path'], `${path}.path`)
    const type = claimTypeAt(fact, claim)
    if (type === null) invalid('no such claim in this credential', `${path}.path`)
    if (!(CRITERIA_OPERATORS as readonly unknown[]).includes(operator)) invalid('not a known operator', `${path}.operator`)
    const criterion = {
      fact,
      path: claim,
      operator: operator as CriteriaOperator,
      value: requireValue(value['value'], operator as CriteriaOperator, type, path),
      ...(value['id'] === undefined ? {} : { id: requireText(value['id'], `${path}.id`) }),
      ...(value['text'] === undefined ? {} : { text: requireText(value['text'], `${path}.text`) }),
    }
    const id = criterion.id ?? path
    if (this.#ids.has(id)) invalid('an id twice', `${path}.id`)
    this.#ids.add(id)
    return criterion
  }
}

function requireValue(value: unknown, operator: CriteriaOperator, type: string, path: string): Criterion['value'] {
  const place = `${path}.value`
  const fits = (item: unknown): item is CriterionValue =>
    type === 'integer' ? Number.isSafeInteger(item) : typeof item === type && (type !== 'string' || (item as string).length <= MAX_TEXT)
  if (operator === 'in' || operator === 'notIn') {
    const list = requireList(value, place, MAX_LIST)
    return list.length > 0 && list.every(fits) ? list : invalid(`a list of ${type}`, place)
  }
  if (operator !== 'equal' && operator !== 'notEqual' && type !== 'integer') invalid('only integers have an order', `${path}.operator`)
  return fits(value) ? value : invalid(`not of type ${type}`, place)
}

function requireObject(value: unknown, path: string, known: readonly string[]): JsonObject {
  if (!isObject(value)) return invalid('not an object', path)
  const unknown = Object.keys(value).find((member) => !known.includes(member))
  if (unknown !== undefined) invalid('unknown member', path === '' ? unknown.slice(0, 64) : `${path}.${unknown.slice(0, 64)}`)
  return value
}

function requireList(value: unknown, path: string, most: number): unknown[] {
  if (!Array.isArray(value)) return invalid('not a list', path)
  return value.length <= most ? value : invalid(`more than ${most}`, path)
}

function requireText(value: unknown, path: string): string {
  const fits = typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT
  return fits ? value : invalid(`not a text of 1 to ${MAX_TEXT} characters`, path)
}

function invalid(message: string, path: string): never {
  throw new CredentialError('CRITERIA_INVALID', message, path)
}

const digests = new WeakMap<Criteria, string>()

/** SHA-256 over the canonical form: which criteria a verification was made by. */
export function criteriaDigest(criteria: Criteria): string {
  let digest = digests.get(criteria)
  if (digest === undefined) {
    digest = sha256(canonicalJson(criteria))
    digests.set(criteria, digest)
  }
  return digest
}
