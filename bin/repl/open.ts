import type { ServiceBroker } from "moleculer";
import { OPERATOR_COMMANDS } from "./commands.ts";

/** Opens the Moleculer REPL with the operators' commands beside its own. */
export function openRepl(broker: ServiceBroker): void {
	Object.assign(broker.options, { replOptions: { customCommands: OPERATOR_COMMANDS } });
	broker.repl();
}
