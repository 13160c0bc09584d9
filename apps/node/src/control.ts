import { isMovable } from '@growr/runtime'
import type { Node } from './node.ts'

type Order = { readonly type: 'clock'; readonly to: string } | { readonly type: 'settle' } | { readonly type: 'stop' }

/**
 * What the parent of a temporary node may ask of it: to move the clock, to come to rest, to stop. Only over the channel of the
 * process that started it, and never on a node that holds anybody's money.
 */
export function obeyParent(node: Node, stop: () => void): void {
  const send = process.send?.bind(process)
  const { clock } = node
  if (!send || !isMovable(clock)) return
  const answer = (message: object): void => {
    send(message)
  }
  process.on('message', (order: Order) => {
    const done = async (): Promise<void> => {
      if (order.type === 'clock') {
        // At rest first: what was done on a day belongs to that day.
        await node.settle()
        await clock.set(new Date(order.to))
        await node.settle()
        answer({ type: 'clock', at: clock.now().toISOString() })
      }
      if (order.type === 'settle') {
        await node.settle()
        answer({ type: 'settled' })
      }
      if (order.type === 'stop') stop()
    }
    done().catch((error: unknown) => answer({ type: 'failed', code: codeOf(error), message: error instanceof Error ? error.message : 'failed' }))
  })
  process.on('disconnect', stop)
  answer({ type: 'ready', url: node.url })
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'INTERNAL'
}
