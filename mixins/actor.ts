import type { Meta } from "../services/contracts/meta.ts";

/** Who asks, for the log: over REST a user, else whoever may call from inside, as the REPL does. */
export const actorOf = ({ principal }: Meta): string =>
	principal === undefined ? "an operator" : `user ${principal.userId}`;
