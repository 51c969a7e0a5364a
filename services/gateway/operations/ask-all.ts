import type { Context } from "moleculer";
import { call } from "../../contracts/action.ts";
import type { ActionContract, ResultOf, SentTo } from "../../contracts/action.ts";
import { SERVICES } from "../../contracts/platform.ts";
import type { Gateway } from "../gateway.context.ts";
import { within } from "../within.ts";

const TIMEOUT_MS = 3_000;

/** What every service that was asked answered, and which ones should have been and could not. */
export interface Answers<R> {
	readonly results: readonly { readonly service: string; readonly result: R }[];
	readonly unreachable: string[];
}

/** The services that have an action of this name, by whether one of their nodes can be reached. */
export interface Holders {
	readonly present: readonly string[];
	readonly missing: readonly string[];
}

interface ListedAction {
	readonly name: string;
	readonly available: boolean;
}

/**
 * Finds the services that contribute an action. The registry remembers the actions of services that have left; one that
 * was never seen may have it as well, and is missing.
 *
 * @param action without the service's name, e.g. `deadLetters`
 */
export function holdersOf({ broker, name }: Gateway, action: string): Holders {
	const listed = broker.registry.getActionList({ skipInternal: true }) as unknown as readonly ListedAction[];
	const seen = new Set(listed.map((each) => serviceOf(each.name)));
	const held = listed.filter((each) => each.name.endsWith(`.${action}`) && serviceOf(each.name) !== name);
	const named = (isPresent: boolean) =>
		held.filter(({ available }) => available === isPresent).map((each) => serviceOf(each.name));
	const neverSeen = Object.keys(SERVICES).filter((service) => !seen.has(service));
	return { present: named(true).sort(), missing: [...named(false), ...neverSeen].sort() };
}

const serviceOf = (action: string): string => action.slice(0, action.lastIndexOf("."));

export interface Asked {
	/** Asks this service alone. */
	readonly service?: string | undefined;
	readonly timeoutMs?: number;
}

/** Puts one question to every service that has an action for it. Who does not answer in time is named, not waited for. */
export async function askAll<C extends ActionContract>(
	gateway: Gateway,
	ctx: Context,
	contractOf: (service: string) => C,
	params: SentTo<C>,
	{ service: only, timeoutMs = TIMEOUT_MS }: Asked = {},
): Promise<Answers<ResultOf<C>>> {
	const { present, missing } = holdersOf(gateway, contractOf("").name.slice(1));
	const isAsked = (service: string) => only === undefined || service === only;
	const asked = present.filter(isAsked);
	const outcomes = await Promise.allSettled(
		asked.map((service) => within(timeoutMs, call(ctx, contractOf(service), params, { timeout: timeoutMs }))),
	);
	const silent = asked.filter((service, index) => {
		const outcome = outcomes[index];
		if (outcome?.status !== "rejected") return false;
		gateway.logger.warn(`${service} did not answer ${contractOf(service).name}:`, outcome.reason);
		return true;
	});
	const results = asked.flatMap((service, index) => {
		const outcome = outcomes[index];
		return outcome?.status === "fulfilled" ? [{ service, result: outcome.value }] : [];
	});
	return { results, unreachable: [...silent, ...missing.filter(isAsked)].sort() };
}
