import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { LineCounter, parseDocument } from 'yaml'
import schema from '../../../journeys/journey.schema.json' with { type: 'json' }
import type { File } from './files.ts'
import { crossCheck } from './cross-check.ts'
import type { NetworkName } from './outside/outside.ts'

export type Role = 'NODE_OPERATOR' | 'ORIGINATOR_ADMIN' | 'ORIGINATOR_AGENT' | 'INVESTOR' | 'BORROWER'

export interface Person {
  readonly role: Role
  readonly organization?: string
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  readonly password?: string
  readonly pin?: string
  readonly language?: 'en' | 'es'
  readonly register?: boolean
}

/** By project name, then by account or class of accounts, a decimal string. */
export type Balances = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Step {
  readonly note?: string
  readonly on?: string
  readonly at?: string
  readonly who?: string
  readonly each?: string | readonly string[]
  readonly door?: string
  readonly do?: string
  readonly query?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly requestId?: string
  readonly capture?: Readonly<Record<string, string>>
  readonly expect?: unknown
  readonly eventually?: string
  readonly balances?: Balances
  /** The line of the file on which the step begins. */
  readonly line: number
}

export interface Journey {
  readonly file: string
  readonly name: string
  readonly description?: string
  readonly start: string
  readonly timezone: string
  readonly people: Readonly<Record<string, Person>>
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** What people hand in, by name. */
  readonly files: Readonly<Record<string, File>>
  /** The payment networks that its node has, each a real one of the journey's own. */
  readonly networks: readonly NetworkName[]
  /** The operator's table of rates at the beginning. */
  readonly rates: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
  readonly balances?: Balances
}

/** A journey file that cannot be played: each finding says where, what, and what to do. */
export class JourneyInvalid extends Error {
  readonly code = 'JOURNEY_INVALID'
  readonly file: string
  readonly findings: readonly string[]

  constructor(file: string, findings: readonly string[]) {
    super(`${file} is not a journey:\n${findings.map((finding) => `  ${finding}`).join('\n')}`)
    this.file = file
    this.findings = findings
  }
}

const LARGEST = 2_000_000
/** So many findings are named at once. */
const MOST = 40
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false }).compile(schema)

/** Reads and checks a journey. Throws JourneyInvalid with every finding by line. */
export async function readJourney(file: string): Promise<Journey> {
  return parseJourney(await readFile(file, 'utf8'), file)
}

export function parseJourney(text: string, file: string): Journey {
  if (text.length > LARGEST) throw new JourneyInvalid(file, [`it is larger than ${LARGEST} characters`])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, maxAliasCount: 100 } as never)
  if (document.errors.length > 0) throw new JourneyInvalid(file, document.errors.map((error) => error.message.split('\n')[0] ?? 'not YAML'))
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new JourneyInvalid(file, [(error as Error).message])
  }
  if (!validate(value)) {
    const findings = (validate.errors ?? []).filter((error) => !['anyOf', 'not', 'if'].includes(error.keyword) || (validate.errors ?? []).length === 1).map((error) => {
      const path = error.instancePath.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')))
      const what = error.keyword === 'additionalProperties' ? `unknown key "${String(error.params['additionalProperty'])}"` : (error.message ?? 'is not of its form')
      return `line ${lineOf(path)}: ${path.join('.') || 'the file'}: ${what}`
    })
    throw new JourneyInvalid(file, [...new Set(findings)].slice(0, MOST))
  }
  const journey = value as Omit<Journey, 'file'>
  const steps = journey.steps.map((step, index) => ({ ...step, line: lineOf(['steps', index]) }))
  const whole: Journey = { ...journey, file, timezone: journey.timezone ?? 'UTC', groups: journey.groups ?? {}, files: journey.files ?? {}, networks: journey.networks ?? [], rates: journey.rates ?? {}, steps }
  const findings = crossCheck(whole, lineOf)
  if (findings.length > 0) throw new JourneyInvalid(file, findings.slice(0, MOST))
  return whole
}
