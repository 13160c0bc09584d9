import type { ScreenName } from './menu.types.ts'
import type { Text } from './texts/en.ts'

export type Language = 'en' | 'es'
export type Values = Readonly<Record<string, string>>

/** A choice of a list: what is read, and what choosing it lays down. */
export interface Item {
  readonly label: string
  readonly set: Values
}

/** What a screen was loaded with. It stays as it was shown, so that an entry means what was read. */
export interface View {
  readonly values?: Values
  readonly items?: readonly Item[]
  /** Which of the options with a condition are there. */
  readonly flags?: readonly string[]
}

/** A line above a screen: what came of the last entry. */
export interface Notice {
  readonly text: Text
  readonly values?: Values
}

/** Where somebody stands. Holds no secret, whatever was entered. */
export interface State {
  readonly language: Language
  readonly screen: ScreenName
  readonly page: number
  /** The screens to go back to. */
  readonly trail: readonly ScreenName[]
  readonly values: Values
  readonly view: View
  readonly notice: Notice | null
  readonly signedIn: boolean
}
