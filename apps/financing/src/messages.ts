import { Refusal, user as users, type Cause, type Input } from '@growr/contracts'
import { isPassing } from '@growr/service'
import type { Financing } from './financing.ts'

/**
 * Has a message sent, once for each request id. One that can never be sent (nobody of that id any more) is logged and left: what
 * follows a book must not stop at it. Throws what may pass, to be tried again.
 */
export async function tell({ bus, untold }: Financing, as: { readonly service: 'loan' | 'funding'; readonly cause: Cause }, requestId: string, message: Input<typeof users.notify>): Promise<void> {
  try {
    await bus.call(users.notify, message, { as, requestId })
  } catch (error) {
    if (isPassing(error)) throw error
    untold(message.template, error instanceof Refusal ? error.code : 'INTERNAL')
  }
}
