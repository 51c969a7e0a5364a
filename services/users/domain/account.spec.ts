import { describe, expect, it } from "@jest/globals";
import { UserCreated, UserDeleted, UserUpdated } from "../../contracts/users.ts";
import {
	beginErasure,
	confirmEmail,
	deactivate,
	erase,
	giveRole,
	invite,
	open,
	reactivate,
	resetPassword,
	update,
	withinScope,
} from "./account.ts";

const id = "0190c1f0-0000-7000-8000-000000000001";
const opened = new Date("2026-01-01T00:00:00Z");
const later = new Date("2026-01-02T00:00:00Z");
const address = { line1: "Main Street 1", city: "Graz", postalCode: "8010", country: "AT" };
const ada = open(id, "customer", { email: "ada@example.com", firstName: "Ada", address }, opened).state;

const invited = invite(id, { email: "ada@example.com" }, opened).state;

describe("open", () => {
	it("opens an active account in its first version and says so", () => {
		const { state, events } = open(id, "customer", { email: "ada@example.com" }, opened);

		expect(state).toMatchObject({
			id,
			role: "customer",
			standing: "active",
			version: 1,
			username: null,
			emailVerifiedAt: null,
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

		expect(decision).toEqual({ state: ada, changed: [], events: [] });
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

		expect(state).toMatchObject({ standing: "deactivated", version: 2 });
		expect(UserDeleted.schema.parse(events[0]?.data).mode).toBe("deactivated");
	});

	it("decides nothing the second time", () => {
		const closed = deactivate(ada, { now: later }).state;

		expect(deactivate(closed, { now: later })).toEqual({ state: closed, changed: [], events: [] });
	});
});

describe("reactivate", () => {
	it("opens a closed account, and leaves every other as it is", () => {
		const closed = deactivate(ada, { now: later }).state;
		const { state, events } = reactivate(closed, later);

		expect(state).toMatchObject({ standing: "active", version: 3 });
		expect(events[0]?.data).toMatchObject({ changed: ["isActive"] });
		for (const account of [ada, invited]) expect(reactivate(account, later).state).toBe(account);
	});
});

describe("the address of an account", () => {
	it("is verified once", () => {
		const verified = confirmEmail(ada, later);

		expect(verified.state.emailVerifiedAt).toBe(later);
		expect(verified.events[0]?.data).toMatchObject({ changed: ["emailVerifiedAt"] });
		expect(confirmEmail(verified.state, later).state).toBe(verified.state);
	});

	it("is not verified any more when it changes", () => {
		const { state: verified } = confirmEmail(ada, later);
		const moved = update(verified, { email: "ada@example.org" }, { now: later });

		expect(moved.state).toMatchObject({ email: "ada@example.org", emailVerifiedAt: null });
		expect(moved.changed).toEqual(["email", "emailVerifiedAt"]);
		expect(update(verified, { email: "ada@example.com" }, { now: later }).state).toBe(verified);
	});
});

describe("somebody who was invited", () => {
	it("is known to nobody before he has chosen a password", () => {
		expect(invited).toMatchObject({ standing: "invited", role: "customer", version: 1 });
		expect(update(invited, { firstName: "Ada" }, { now: later }).events).toEqual([]);
		expect(deactivate(invited, { now: later }).events).toEqual([]);
	});

	it("has an account, and a verified address, from then on", () => {
		const { state, events } = resetPassword(invited, later);

		expect(state).toMatchObject({ standing: "active", emailVerifiedAt: later, version: 2 });
		expect(events.map(({ name }) => name)).toEqual([UserCreated.name]);
	});
});

describe("a password that is reset", () => {
	it("shows that the mail was read", () => {
		expect(resetPassword(ada, later).changed).toEqual(["emailVerifiedAt"]);
	});

	it("changes nothing else of an account whose address was verified", () => {
		const { state: verified } = confirmEmail(ada, later);

		expect(resetPassword(verified, later)).toEqual({ state: verified, changed: [], events: [] });
	});

	it.each(["deactivated", "erasing", "erased"] as const)("does not open an account that is %s", (standing) => {
		expect(() => resetPassword({ ...ada, standing }, later)).toThrow(expect.objectContaining({ code: 404 }));
	});
});

describe("the last administrator", () => {
	const admin = { ...ada, role: "admin" } as const;
	const command = { now: later, isLastAdmin: true };

	it.each([
		["is not dismissed", () => giveRole(admin, "vendor", command)],
		["does not go", () => deactivate(admin, command)],
		["is not erased", () => beginErasure(admin, command)],
	])("%s", (_rule, attempt) => {
		expect(attempt).toThrow(expect.objectContaining({ type: "LAST_ADMIN", code: 409 }));
	});

	it("may be made one again, and others may go", () => {
		expect(giveRole(admin, "admin", command).state).toBe(admin);
		expect(giveRole(admin, "vendor", { now: later }).state.role).toBe("vendor");
		expect(deactivate(ada, command).state.standing).toBe("deactivated");
	});
});

describe("an erasure", () => {
	const { state: erasing } = beginErasure(ada, { now: later });
	const { state: erased, events } = erase(erasing, later);

	it("closes the account at once, and says so when nothing is left that names the person", () => {
		expect(erasing).toMatchObject({ standing: "erasing", email: ada.email, version: 2 });
		expect(erased).toMatchObject({ standing: "erased", email: `erased-${id}@invalid`, role: "customer", version: 3 });
		expect([erased.firstName, erased.address, erased.phone, erased.username]).toEqual([null, null, null, null]);
		expect(UserDeleted.schema.parse(events[0]?.data).mode).toBe("erased");
	});

	it("is begun once and done once", () => {
		for (const account of [erasing, erased]) expect(beginErasure(account, { now: later }).state).toBe(account);
		expect(erase(erased, later)).toEqual({ state: erased, changed: [], events: [] });
	});

	it("hides the account from every other command", () => {
		for (const account of [erasing, erased])
			for (const command of [
				() => update(account, { firstName: "Ada" }, { now: later }),
				() => deactivate(account, { now: later }),
				() => reactivate(account, later),
				() => confirmEmail(account, later),
			])
				expect(command).toThrow(expect.objectContaining({ type: "USER_NOT_FOUND" }));
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
