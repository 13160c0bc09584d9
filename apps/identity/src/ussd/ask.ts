import type { TypedCall } from '@growr/bus'
import type { Code } from '@growr/contracts'
import type { Outcome, Deed } from './engine.ts'
import type { Language, State, Values, View } from './state.ts'
import type { ScreenName } from './menu.types.ts'
import type { Text } from './texts/en.ts'

/** What actions and loaders of the menu are given: who asks, what was entered, and calls of the node's actions in her name. */
export interface Ask {
  /** As whoever has signed in on this phone; as a stranger before. */
  readonly call: TypedCall
  /** E.164: by which a person is sought, and nothing more. */
  readonly phone: string
  readonly values: Values
  readonly language: Language
  /** The same for a repetition of this step: under it a mutation is carried out once. */
  readonly requestId: (part?: string) => string
  /** A secret that was entered in this session; throws `Forgotten` where it is not remembered any more. */
  readonly secret: (name: string) => string
  readonly say: (text: Text, values?: Values) => string
  /** PIN_WEAK. */
  readonly checkPin: (pin: string) => void
  /** Signs the holder of a token in on this phone. */
  readonly enter: (accessToken: string) => Promise<TypedCall>
  /** A session of hers that was cut off not long ago. */
  readonly dropped: (user: string) => Promise<Dropped | undefined>
  /** Where she stood in it. */
  readonly takeUp: () => Promise<Dropped | undefined>
  /** Nothing of it is offered again. */
  readonly forget: () => Promise<void>
}

/** Where somebody was cut off: the screen, and what was being done. */
export interface Dropped {
  readonly session: string
  readonly state: State
  /** What that screen said, so that she knows it again. */
  readonly where: string
  readonly deed: Deed | null
  /** By which requests of that step are known. */
  readonly base: string
}

/** A secret that was entered but is not remembered any more: it has to be entered again. */
export class Forgotten extends Error {}

/** What came of an action of the menu. */
export interface Done extends Outcome {
  /** A refusal that the node gives as an answer. */
  readonly refusedAs?: Code
  /** Whoever has signed in; null: nobody any more. */
  readonly session?: { readonly token: string; readonly user: string } | null
  /** A step that was cut off, to be done under its own request id. */
  readonly again?: { readonly deed: Deed; readonly base: string }
}

/** What a screen is filled with; or where it leads by itself. */
export interface Loaded extends View {
  readonly go?: ScreenName
  readonly set?: Values
}

export type Act = (ask: Ask) => Promise<Done>
export type Load = (ask: Ask) => Promise<Loaded>
