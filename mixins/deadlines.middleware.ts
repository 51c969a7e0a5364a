import type { ActionHandler, Context, Middleware, Service } from "moleculer";
import { DeadlineExceeded } from "../services/contracts/errors.ts";
import type { Meta } from "../services/contracts/meta.ts";

/** Nodes' clocks may differ by this much before a command in time is refused as late. */
const CLOCK_SKEW_MS = 500;

/**
 * Refuses commands that begin after their deadline: a Redis transporter delivers late, and a full node lets them
 * wait. Belongs innermost, so that nothing lies between the look at the clock and the work.
 *
 * @throws DeadlineExceeded
 */
export function deadlines(now: () => number = Date.now): Middleware {
	return {
		name: "Deadlines",
		localAction: (next: ActionHandler) =>
			async function (this: Service, ctx: Context) {
				const { operation } = ctx.meta as Meta;
				if (operation !== undefined && now() > operation.deadlineMs + CLOCK_SKEW_MS) throw new DeadlineExceeded();
				return next.call(this, ctx) as unknown;
			},
	};
}
