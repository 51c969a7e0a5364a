import { describe, expect, it } from "@jest/globals";
import { UserCreated, UserDeleted, UserUpdated } from "../../contracts/users.ts";
import { deactivate, giveRole, open, update, withinScope } from "./account.ts";

const id = "0190c1f0-0000-7000-8000-000000000001";
const opened = new Date("2026-01-01T00:00:00Z");
const later = new Date("2026-01-02T00:00:00Z");
const address = { line1: "Main Street 1", city: "Graz", postalCode: "8010", country: "AT" };
const ada = open(id, "customer", { email: "ada@example.com", firstName: "Ada", address }, opened).state;

describe("open", () => {
	it("opens an active account in its first version and says so", () => {
		const { state, events } = open(id, "customer", { email: "ada@example.com" }, opened);

		expect(state).toMatchObject({
			id,
			role: "customer",
			isActive: true,
			version: 1,
			username: null,
			createdAt: opened,
		});
		expect(events.map(({ name }) => name)).toEqual([UserCreated.name]);
		expect(UserCreated.schema.parse(events[0]?.data)).toMatchObject({ userId: id, email: "ada@example.com" });
	});
});

describe("update", () => {
	it("changes the given fields only and names them", () => {
		const { state, events } = update(ada, { lastName: "Lovelace", firstName: null }, { now: later });

		expect(state).toEqual({ ...ada, lastName: "Lovelace", firstName: null, version: 2, updatedAt: later });
		expect(UserUpdated.schema.parse(events[0]?.data).changed).toEqual(["lastName", "firstName"]);
	});

	it("decides nothing when every field keeps its value, whatever the order of an address", () => {
		const reordered = { country: "AT", postalCode: "8010", city: "Graz", line1: "Main Street 1" };
		const decision = update(ada, { firstName: "Ada", phone: undefined, address: reordered }, { now: later });

		expect(decision).toEqual({ state: ada, events: [] });
		expect(decision.state).toBe(ada);
	});

	it("sees a changed line of an address", () => {
		const moved = { ...address, city: "Wien" };

		expect(update(ada, { address: moved }, { now: later }).state.address).toEqual(moved);
	});

	it("keeps the preferences that are not given", () => {
		const german = update(ada, { preferences: { locale: "de" } }, { now: later }).state;

		expect(update(german, { preferences: { timezone: "Europe/Vienna" } }, { now: later }).state.preferences).toEqual({
			locale: "de",
			timezone: "Europe/Vienna",
		});
	});
});

describe("giveRole", () => {
	it("changes the role and says so", () => {
		const { state, events } = giveRole(ada, "vendor", { now: later });

		expect(state.role).toBe("vendor");
		expect(events[0]?.data).toMatchObject({ changed: ["role"] });
	});
});

describe("deactivate", () => {
	it("closes an account and says so", () => {
		const { state, events } = deactivate(ada, { now: later });

		expect(state).toMatchObject({ isActive: false, version: 2 });
		expect(UserDeleted.schema.parse(events[0]?.data).mode).toBe("deactivated");
	});

	it("decides nothing the second time", () => {
		const closed = deactivate(ada, { now: later }).state;

		expect(deactivate(closed, { now: later })).toEqual({ state: closed, events: [] });
	});
});

describe("every command on an account", () => {
	const stale = { now: later, expectedVersion: 7 };

	it.each([
		["update", () => update(ada, { firstName: "Ada" }, stale)],
		["giveRole", () => giveRole(ada, "customer", stale)],
		["deactivate", () => deactivate(ada, stale)],
	])("%s refuses a version that is not the current one, even without a change", (_name, command) => {
		expect(command).toThrow(expect.objectContaining({ type: "PRECONDITION_FAILED", data: { currentVersion: 1 } }));
	});
});

describe("withinScope", () => {
	it("lets an owner and an administrator through", () => {
		expect([withinScope(id, id), withinScope(null, id)]).toEqual([id, id]);
	});

	it("hides another user's account", () => {
		expect(() => withinScope("somebody else", id)).toThrow(expect.objectContaining({ code: 404 }));
	});
});
