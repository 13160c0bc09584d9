import type { NodeLife, Said } from '../life.ts'
import type { Actor, Door, Outcome, Request } from './door.ts'

type Fields = Readonly<Record<string, unknown>>
type Work = (life: NodeLife, given: Fields) => Promise<Outcome>

interface Operation {
  readonly kind: Request['kind']
  /** What `with` may hold, and of which type. */
  readonly takes: Readonly<Record<string, 'string' | 'boolean' | readonly string[]>>
  /** Whether the node must run, or must not; either where nothing is said. */
  readonly up?: boolean
  readonly work: Work
}

const NAME = /^[A-Za-z][\w-]{0,39}$/
const done: Outcome = { result: {} }
const then = (work: (life: NodeLife, given: Fields) => Promise<void>): Work => async (life, given) => {
  await work(life, given)
  return done
}
const nameOf = (given: Fields): string => (typeof given['name'] === 'string' ? given['name'] : 'backup')

const operations: Readonly<Record<string, Operation>> = {
  stop: { kind: 'do', takes: {}, up: true, work: then((life) => life.stop()) },
  kill: { kind: 'do', takes: {}, up: true, work: then((life) => life.kill()) },
  start: { kind: 'do', takes: {}, up: false, work: then((life) => life.begin()) },
  lose: { kind: 'do', takes: { marks: ['lost', 'saved'] }, work: then((life, { marks }) => life.lose(marks === 'saved')) },
  backup: { kind: 'do', takes: { name: 'string' }, work: async (life, given) => told(await life.command('backup', ['--to', life.backup(nameOf(given)), '--json'])) },
  check: { kind: 'query', takes: { name: 'string' }, work: async (life, given) => told(await life.command('restore', ['--check', life.backup(nameOf(given)), '--json'])) },
  restore: { kind: 'do', takes: { name: 'string' }, up: false, work: async (life, given) => said(await life.command('restore', [life.backup(nameOf(given))])) },
  reconciliation: { kind: 'query', takes: {}, up: true, work: async (life) => told(await life.command('restore', ['--reconcile', '--json'])) },
  reconcile: {
    kind: 'do', takes: { messages: ['drop', 'send'] }, up: true,
    work: async (life, { messages = 'drop' }) => told(await life.command('restore', ['--reconcile', '--yes', '--json', '--messages', messages as string])),
  },
  doctor: { kind: 'query', takes: {}, work: async (life) => told(await life.command('doctor', ['--json']), true) },
  messages: { kind: 'query', takes: {}, work: async (life) => ({ result: await life.messages() }) },
}

/**
 * The life of the node, in its operator's hands: it is stopped, killed, started, backed up, lost, restored and reconciled, by the
 * commands that an operator types. What a command refuses is a refusal with the command's code.
 */
export class NodeDoor implements Door {
  readonly name = 'node'
  readonly #life: NodeLife

  constructor(life: NodeLife) {
    this.#life = life
  }

  perform({ name, person }: Actor, request: Request): Promise<Outcome> {
    const reason = person.role === 'NODE_OPERATOR' ? unplayable(request, this.#life.isUp) : `the node is its operator's; ${name} is none`
    if (reason !== undefined) return Promise.resolve({ refusal: { code: 'JOURNEY_INVALID', message: reason } })
    return (operations[request.operation] as Operation).work(this.#life, request.with)
  }
}

/** Why the door does not know a request like this; undefined where it does. */
function unplayable({ kind, operation: name, with: given }: Request, isUp: boolean): string | undefined {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (operation?.kind !== kind) return `the node has no "${kind}: ${name}"; it has ${Object.entries(operations).map(([other, { kind: of }]) => `${of}: ${other}`).join(', ')}`
  if (operation.up !== undefined && operation.up !== isUp) return `${name} needs a node that ${operation.up ? 'runs' : 'does not run'}`
  for (const [key, value] of Object.entries(given)) {
    const type = Object.hasOwn(operation.takes, key) ? operation.takes[key] : undefined
    if (type === undefined) return `${name} takes no "${key}"; it takes ${Object.keys(operation.takes).join(', ') || 'nothing'}`
    const fits = Array.isArray(type) ? type.includes(value) : typeof value === type
    if (!fits) return `${name}: ${key} is ${Array.isArray(type) ? type.join(' or ') : `a ${String(type)}`}`
    if (key === 'name' && !NAME.test(value as string)) return `${name}: a back-up's name is a word`
  }
  return undefined
}

/** What a command said to a program. A doctor who found something ends with 1, and has said what all the same. */
function told(answer: Said, anyCode = false): Outcome {
  return answer.ok || (anyCode && answer.out.startsWith('{')) ? { result: JSON.parse(answer.out) as unknown } : refused(answer)
}

/** What it said to a person, line by line. */
function said(answer: Said): Outcome {
  return answer.ok ? { result: { said: answer.out.split('\n').filter((line) => line !== '') } } : refused(answer)
}

function refused({ err }: Said): Outcome {
  const line = err.trim().split('\n').at(-1) ?? ''
  const [, code, message] = /^growr: ([A-Z][A-Z_]+): (.*)$/.exec(line) ?? []
  return { refusal: { code: code ?? 'COMMAND_FAILED', message: message ?? line } }
}
