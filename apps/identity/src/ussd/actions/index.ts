import type { Act } from '../ask.ts'
import * as lending from './lending.ts'
import * as person from './person.ts'
import * as signIn from './sign-in.ts'

/** What the menu does, by the name that it uses. */
export const actions = { ...signIn, ...lending, ...person } as const satisfies Readonly<Record<string, Act>>

export type ActionName = keyof typeof actions
