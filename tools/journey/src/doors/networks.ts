import type { Outcome, Request } from './door.ts'
import { type Fields, invalid, unreadable } from './fields.ts'

/** How the outside knows that the node has caught up with it. */
export interface Watch {
  /** What is under way comes to rest; at once where the node does not run. */
  rest(): Promise<void>
  /** Resolves when the node says that it has looked at the network up to this height; at once where it does not run. */
  seen(network: 'bitcoin' | 'rootstock', height: number): Promise<void>
}

/** What a step of a network's door said, read. */
export interface Said {
  readonly blocks?: number
  readonly to?: string
  readonly amount?: string
  readonly address?: string
  readonly currency?: string
  readonly invoice?: string
  readonly kind?: string
  readonly payments?: string
  readonly without?: string
  readonly psbt?: string
  readonly peer?: string
  readonly capacity?: string
  readonly push?: string
}

export interface Operation {
  readonly kind: Request['kind']
  readonly fields: Fields
  readonly perform: (said: Said, who: string) => Promise<Outcome>
}

/** Performs one of a door's operations. What the outside refuses is a refusal: with the network's code, or as a step that makes no sense. */
export async function performOf(network: string, operations: Readonly<Record<string, Operation>>, who: string, { kind, operation, with: given }: Request): Promise<Outcome> {
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (known?.kind !== kind) return invalid(`${network} has ${Object.entries(operations).map(([name, each]) => `\`${each.kind}: ${name}\``).join(', ')}, not \`${kind}: ${operation}\``)
  const problem = unreadable(operation, given, known.fields)
  if (problem) return problem
  try {
    return await known.perform(given as Said, who)
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown }
    return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? { refusal: { code, message: String(message) } } : invalid(`${operation}: ${String(message)}`)
  }
}
