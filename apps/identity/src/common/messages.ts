import { Refusal } from '@growr/contracts'
import { templateNames, type Message, type Messenger, type TemplateName } from '@growr/messaging'
import type { Contact } from './contact.ts'

export type Values = Readonly<Record<string, string | readonly string[]>>

/** A message on its way to a person. With an id that was delivered before, nothing is sent. */
export interface OutgoingMessage {
  readonly id: string
  readonly contact: Contact
  readonly language: 'en' | 'es'
  readonly template: string
  readonly values: Values
}

export const isTemplate = (name: string): name is TemplateName => (templateNames as readonly string[]).includes(name)

/** Hands a message to the messenger. UNAVAILABLE where it may go through later, BAD_INPUT where it never will. */
export async function deliver(messenger: Pick<Messenger, 'send'>, { id, contact, language, template, values }: OutgoingMessage): Promise<void> {
  if (!isTemplate(template)) throw new Refusal('BAD_INPUT', { path: 'template' })
  // A value that says nothing is one that is missing.
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.length > 0))
  // The messenger checks at run time that the values are those of the template.
  const result = await messenger.send({ id, to: contact, language, template, values: given } as unknown as Message)
  if (result.status === 'SENT') return
  throw new Refusal(result.temporary ? 'UNAVAILABLE' : 'BAD_INPUT', { details: { code: result.code, reason: result.reason } })
}
