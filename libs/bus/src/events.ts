import type { ServiceBroker } from 'moleculer'
import { silent } from './config.ts'
import type { BusLog } from './failure.ts'

/** What a wake-up may carry: ids, so that the woken one knows where to look. The content is read from its source. */
export type Wake = Readonly<Record<string, string | number>>

const name = /^[a-z]+(\.[a-zA-Z]+){1,2}$/
const id = /^[A-Za-z0-9._:-]{1,64}$/

/** Wakes everyone who listens, here and in other processes. It may be lost: who needs every entry follows the book. */
export function emit(moleculer: ServiceBroker, event: string, ids: Wake): void {
  if (!name.test(event)) throw new Error(`${event} is no name of an event`)
  if (!isWake(ids)) throw new Error(`${event}: an event carries at most 8 ids and nothing else`)
  void moleculer.broadcast(event, ids)
}

/** Listens until the returned function is called. A listener that fails is logged and disturbs nobody. */
export function on(moleculer: ServiceBroker, event: string, listener: (ids: Wake) => unknown, log: BusLog = silent): () => Promise<void> {
  if (!name.test(event)) throw new Error(`${event} is no name of an event`)
  const woken = async (ids: unknown): Promise<void> => {
    // Anybody on the transporter can send an event, so its form is looked at again.
    if (!isWake(ids)) return log('warn', 'an event was ignored', { event })
    try {
      await listener(ids)
    } catch (error) {
      log('error', 'a listener failed', { event, failure: error instanceof Error ? error.name : typeof error })
    }
  }
  const service = moleculer.createService({
    name: `wake-${++listeners}`,
    events: { [event]: (context: { params: unknown }) => woken(context.params) },
  })
  return () => moleculer.destroyService(service)
}

let listeners = 0

function isWake(ids: unknown): ids is Wake {
  if (typeof ids !== 'object' || ids === null || Array.isArray(ids)) return false
  const values = Object.values(ids)
  return values.length <= 8 && values.every((value) => (typeof value === 'string' ? id.test(value) : Number.isSafeInteger(value)))
}
