import { PreconditionFailed } from "../../contracts/errors.ts";
import type { DISABLED_REASONS } from "../../contracts/webhooks.ts";

export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** A receiver of events, without its secrets. */
export interface Endpoint {
	readonly id: string;
	readonly url: string;
	readonly events: readonly string[];
	readonly description: string | null;
	readonly isActive: boolean;
	readonly disabledReason: DisabledReason | null;
	/** The first failure after the last delivery. */
	readonly failingSince: Date | null;
	readonly version: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}

/** What an administrator may set; what he leaves out stays. */
export interface Wanted {
	readonly url?: string | undefined;
	readonly events?: readonly string[] | undefined;
	readonly description?: string | null | undefined;
	readonly isActive?: boolean | undefined;
}

type NewlyWanted = Wanted & { readonly url: string; readonly events: readonly string[] };

export function register(id: string, { url, events, description, isActive }: NewlyWanted, now: Date): Endpoint {
	const isNew = { version: 1, createdAt: now, updatedAt: now };
	return { id, url, events, description: description ?? null, ...switched(isActive ?? true), ...isNew };
}

/**
 * Changes the given fields. What is switched on begins anew: whatever it was disabled for is forgotten.
 *
 * @throws PreconditionFailed when it is another version than was expected
 */
export function revise(
	endpoint: Endpoint,
	{ url, events, description, isActive }: Wanted,
	{ expectedVersion, now }: { expectedVersion: number | undefined; now: Date },
): Endpoint {
	expectVersion(endpoint, expectedVersion);
	return {
		...endpoint,
		url: url ?? endpoint.url,
		events: events ?? endpoint.events,
		description: description === undefined ? endpoint.description : description,
		...(isActive !== undefined && isActive !== endpoint.isActive && switched(isActive)),
		version: endpoint.version + 1,
		updatedAt: now,
	};
}

/** @throws PreconditionFailed when it is another version than was expected */
export function expectVersion({ version }: Endpoint, expected: number | undefined): void {
	if (expected !== undefined && expected !== version) throw new PreconditionFailed({ currentVersion: version });
}

const switched = (isActive: boolean): Pick<Endpoint, "isActive" | "disabledReason" | "failingSince"> => ({
	isActive,
	disabledReason: isActive ? null : "switched_off",
	failingSince: null,
});
