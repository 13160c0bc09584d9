import type { ServiceBroker } from 'moleculer'
import type { BusLog } from './failure.ts'

/** What a wake-up may carry: ids, so that the woken one knows where to look. The content is read from its source. */
export type Wake = Readonly<Record<string, string | number>>

export interface Wakes {
  /** Wakes everyone who listens, here and in other processes. It may be lost: who needs every entry follows the book. */
  emit(event: string, ids: Wake): void
  /** Listens until the returned function is called. A listener that fails is logged and disturbs nobody. */
  on(event: string, listener: (ids: Wake) => unknown): () => void
}

const name = /^[a-z]+(\.[a-zA-Z]+){1,2}$/
const id = /^[A-Za-z0-9._:-]{1,64}$/
const prefix = 'wake.'

/** The wake-up events of one broker; they begin when it starts. */
export function createWakes(moleculer: ServiceBroker, log: BusLog): Wakes {
  const listeners = new Map<string, Set<(ids: Wake) => unknown>>()

  const woken = async (event: string, ids: unknown): Promise<void> => {
    // Anybody on the transporter can send an event, so its form is looked at again.
    if (!isWake(ids)) return log('warn', 'an event was ignored', {})
    for (const listener of listeners.get(event) ?? []) {
      try {
        await listener(ids)
      } catch (error) {
        log('error', 'a listener failed', { event, failure: error instanceof Error ? error.name : typeof error })
      }
    }
  }
  moleculer.createService({
    name: 'wake',
    events: {
      [`${prefix}**`]: ({ eventName, params }: { eventName: string | null; params: unknown }) => woken((eventName ?? '').slice(prefix.length), params),
    },
  })

  return {
    emit(event, ids) {
      if (!name.test(event)) throw new Error(`${event} is no name of an event`)
      if (!isWake(ids)) throw new Error(`${event}: an event carries at most 8 ids and nothing else`)
      void moleculer.broadcast(prefix + event, ids)
    },

    on(event, listener) {
      if (!name.test(event)) throw new Error(`${event} is no name of an event`)
      const others = listeners.get(event) ?? new Set()
      listeners.set(event, others.add(listener))
      return () => void others.delete(listener)
    },
  }
}

function isWake(ids: unknown): ids is Wake {
  if (typeof ids !== 'object' || ids === null || Array.isArray(ids)) return false
  const values = Object.values(ids)
  return values.length <= 8 && values.every((value) => (typeof value === 'string' ? id.test(value) : Number.isSafeInteger(value)))
}
