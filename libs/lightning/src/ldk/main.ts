import { NetworkError } from '@growr/networks'
import { Engine, type EngineOptions } from './engine.ts'
import { operationsOf } from './operations.ts'

// The embedded Lightning node, in a process of its own: WASM that fails takes nobody along. It speaks with its parent alone, and ends with it.

export type ChildOptions = Omit<EngineOptions, 'log' | 'told'> & { readonly logLevel: number }
export type ToChild = { readonly id: number; readonly method: string; readonly args: readonly unknown[] }
export type FromChild =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string; readonly details: Readonly<Record<string, string | number>> } }
  | { readonly told: true }
  | { readonly log: string; readonly level: number }

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message)
}

let engine: Engine | undefined
let operations: ReturnType<typeof operationsOf> | undefined

async function start(options: ChildOptions): Promise<void> {
  engine = new Engine({ ...options, log: (level, message) => level >= options.logLevel && send({ log: message, level }), told: () => send({ told: true }) })
  await engine.start()
  operations = operationsOf(engine)
}

process.on('message', (message: ToChild) => void answer(message))
// Nobody is left to work for.
process.on('disconnect', () => process.exit(0))

async function answer({ id, method, args }: ToChild): Promise<void> {
  try {
    if (method === 'start') {
      await start(args[0] as ChildOptions)
      return send({ id, value: null })
    }
    if (method === 'stop') {
      await engine?.stop()
      send({ id, value: null })
      return process.disconnect()
    }
    if (!operations || !Object.hasOwn(operations, method)) throw new NetworkError('NETWORK_DOWN', 'the Lightning node has not started')
    const operation = operations[method as keyof typeof operations] as (...given: readonly unknown[]) => Promise<unknown>
    send({ id, value: await operation(...args) })
  } catch (error) {
    const known = error instanceof NetworkError
    send({ id, error: { code: known ? error.code : 'NETWORK_DOWN', message: error instanceof Error ? error.message : 'unknown', details: known ? error.details : {} } })
  }
}
