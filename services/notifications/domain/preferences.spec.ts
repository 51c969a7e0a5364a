import { describe, expect, it } from "@jest/globals";
import { NotificationPreferences } from "../../contracts/notification-preferences.ts";
import { chosen, isWanted, NO_PREFERENCES, shown } from "./preferences.ts";
import { hindrance } from "./wish.ts";

const NOW = new Date("2026-01-10T23:00:00Z");
const preferring = (topics: object) => ({ ...NO_PREFERENCES, topics });
const refusing = (given: object) => {
	try {
		chosen({}, given);
		return [];
	} catch (error) {
		return (error as { data: { errors: { path: string }[] } }).data.errors.map(({ path }) => path);
	}
};

describe("what a user wants", () => {
	it("is everything until he says otherwise", () => {
		const topics = shown(NO_PREFERENCES);
		expect(NotificationPreferences.shape.topics.parse(topics)).toEqual(topics);
		expect(Object.values(topics).flatMap((channels) => Object.values(channels))).toEqual(Array(12).fill(true));
	});

	it("changes where he says so, and nowhere else", () => {
		const once = chosen({}, { news: { email: false } });
		const twice = chosen(once, { news: { push: false }, stock: { sms: false } });
		expect(isWanted(preferring(twice), "news", "email")).toBe(false);
		expect(shown(preferring(twice))).toMatchObject({
			news: { email: false, sms: true, push: false },
			stock: { email: true, sms: false, push: true },
		});
	});

	it("includes the mails about his account and his orders, whatever he says: the refusal names them", () => {
		expect(
			refusing({ account: { email: false }, orders: { email: false, push: false }, news: { email: false } }),
		).toEqual(["topics.account.email", "topics.orders.email"]);
		expect(refusing({ orders: { push: false, sms: false } })).toEqual([]);
		expect(isWanted(preferring({ orders: { email: false } }), "orders", "email")).toBe(true);
	});
});

const about = (of: object) =>
	hindrance(
		{
			topic: "news",
			channel: "email",
			preferences: NO_PREFERENCES,
			isActive: true,
			isSuppressed: false,
			timezone: "Europe/Berlin",
			...of,
		},
		NOW,
	);

describe("a notification is not sent", () => {
	const quiet = { ...NO_PREFERENCES, quietHours: { from: "22:00", to: "07:00" } };

	it.each([
		["to who cannot be reached", { isSuppressed: true, topic: "orders" }, "RECIPIENT_SUPPRESSED"],
		["when its topic is not wanted there", { preferences: preferring({ news: { email: false } }) }, "NOT_WANTED"],
		["to a closed account", { isActive: false }, "ACCOUNT_CLOSED"],
	])("%s", (_what, of, reason) => {
		expect(about(of)).toEqual({ outcome: "suppressed", reason });
	});

	it("in quiet hours, of the zone that is chosen, else of the profile", () => {
		const until = (of: object) => about({ preferences: { ...quiet, ...of } });
		expect(until({})).toEqual({ outcome: "postponed", until: new Date("2026-01-11T06:00:00Z") });
		expect(until({ timezone: "Asia/Tokyo" })).toBeUndefined();
	});

	it("but what a contract needs is, at any time and to a closed account", () => {
		expect(about({})).toBeUndefined();
		expect(about({ topic: "orders", preferences: quiet, isActive: false })).toBeUndefined();
	});
});
