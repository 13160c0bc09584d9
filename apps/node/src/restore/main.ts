import { runCommand } from '../command.ts'
import { restore } from './command.ts'

runCommand(restore)
