import type { ActionName } from './actions/index.ts'
import type { LoaderName } from './loaders/index.ts'
import type { Text } from './texts/en.ts'

/** What may be entered where no option is chosen. PINs, codes and answers are secret: they are kept in no record. */
export type InputKind = 'pin' | 'code' | 'answer' | 'amount' | 'months' | 'name' | 'text' | 'phone' | 'date' | 'number'
export const secretKinds: ReadonlySet<InputKind> = new Set<InputKind>(['pin', 'code', 'answer'])

/** What follows an entry: an action, if there is one, and the screen after it. */
export interface Step {
  readonly do?: ActionName
  /** Where it leads; after an action, if the action says nothing else. */
  readonly next: ScreenName
  /** Where a refusal of the action leads, with the reason above that screen; the same screen if not given. */
  readonly refused?: ScreenName
}

export interface Option extends Step {
  readonly text: Text
  /** Only where what the screen was loaded with says so. */
  readonly when?: string
  /** What choosing it lays down. */
  readonly set?: Readonly<Record<string, string>>
}

export interface Input extends Step {
  readonly kind: InputKind
  /** The name under which it is kept. */
  readonly as: string
  /** It must be the same as this earlier one; if it is not, the screen named here asks for that anew. */
  readonly same?: { readonly as: string; readonly else: ScreenName }
  /** What entering it lays down besides. */
  readonly set?: Readonly<Record<string, string>>
}

/** One screen. */
export interface Screen {
  readonly text: Text
  /** Seen without a PIN: registration, lost PINs, new numbers. Everything else asks for the PIN first. */
  readonly open?: true
  /** What fills the text, and gives the options of a list. */
  readonly load?: LoaderName
  /** Where choosing an item of the list leads. */
  readonly items?: Step
  readonly options?: readonly Option[]
  readonly input?: Input
  /** Secrets that earlier screens asked for and this one needs, and where they are asked for: a dropped session goes back there. */
  readonly needs?: { readonly secrets: readonly string[]; readonly from: ScreenName }
}

export type ScreenName = string

export interface Menu {
  /** Where a session begins. */
  readonly start: ScreenName
  /** Where one who has signed in begins. */
  readonly home: ScreenName
  /** Where one who has signed in and was cut off is asked whether to go on. */
  readonly resume: ScreenName
  readonly screens: Readonly<Record<ScreenName, Screen>>
}
