import { readFileSync } from 'node:fs'
import { services as allServices, type Role, type ServiceName } from '@growr/contracts'

/** The columns of the table in docs/access.md. */
export const columns: Readonly<Record<string, Role>> = {
  operator: 'NODE_OPERATOR', admin: 'ORIGINATOR_ADMIN', agent: 'ORIGINATOR_AGENT', investor: 'INVESTOR', borrower: 'BORROWER',
}
/** Whose thing a call is about, as seen from the caller. */
export const targets = ['own', 'colleague', 'foreign'] as const
export type TargetName = (typeof targets)[number]

/** What a call must come to: OK, EMPTY, or the code of a refusal. */
export interface Row {
  readonly action: string
  readonly roles: Readonly<Record<Role, Readonly<Record<TargetName, string>>>>
  /** The action is about no thing, or about the caller alone: one call is all there is. */
  readonly plain: ReadonlySet<Role>
  readonly stranger: boolean
  readonly services: ReadonlyMap<ServiceName, string>
}

const reach: Readonly<Record<string, readonly [boolean, boolean, boolean]>> = {
  all: [true, true, true], yes: [true, true, true], org: [true, true, false], own: [true, false, false], '–': [false, false, false],
}

/** Reads the table that was written by hand. Throws where a cell says nothing that can be tried. */
export function readTable(file: URL): Row[] {
  const rows: Row[] = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim()).slice(1, -1)
    const [action = ''] = cells
    if (!/^[a-z]+\.[a-zA-Z]+$/.test(action)) continue
    if (cells.length !== 9) throw new Error(`${action}: ${cells.length} cells instead of 9`)
    const [, operator, admin, agent, investor, borrower, stranger, services] = cells as [string, string, string, string, string, string, string, string]
    const given = { operator, admin, agent, investor, borrower }
    const roles = Object.fromEntries(Object.entries(given).map(([name, cell]) => [columns[name], parse(action, cell)])) as Row['roles']
    const plain = new Set(Object.entries(given).filter(([, cell]) => cell.split(' → ')[0] === 'yes').map(([name]) => columns[name] as Role))
    rows.push({ action, roles, plain, stranger: parseStranger(action, stranger), services: parseServices(action, services) })
  }
  return rows
}

function parse(action: string, cell: string): Record<TargetName, string> {
  const [given = '', otherwise = 'FORBIDDEN'] = cell.split(' else ')
  const [word = '', comesTo = 'OK'] = given.split(' → ')
  const allowed = reach[word]
  if (!allowed) throw new Error(`${action}: "${cell}" is no reach`)
  return Object.fromEntries(targets.map((target, index) => [target, allowed[index] ? comesTo : otherwise])) as Record<TargetName, string>
}

function parseStranger(action: string, cell: string): boolean {
  if (cell !== 'yes' && cell !== '–') throw new Error(`${action}: a stranger may or may not, not "${cell}"`)
  return cell === 'yes'
}

function parseServices(action: string, cell: string): Map<ServiceName, string> {
  if (cell === 'any') return new Map(allServices.map((name) => [name, 'OK']))
  if (cell === '–') return new Map()
  return new Map(cell.split(', ').map((item) => {
    const [name = '', comesTo = 'OK'] = item.split(' → ')
    const known = allServices.find((service) => service === name)
    if (!known) throw new Error(`${action}: there is no service "${name}"`)
    return [known, comesTo]
  }))
}
