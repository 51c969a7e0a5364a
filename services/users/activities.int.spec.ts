import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { busOf } from "../../mixins/events/local-bus.ts";
import { until } from "../../test/support/wait.ts";
import { ListActivities, ReactivateUser } from "../contracts/accounts.ts";
import { ChangePassword, ForgotPassword, ResetPassword, VerifyEmail } from "../contracts/credentials.ts";
import { OrderCreated } from "../contracts/orders.ts";
import { DeactivateUser, Login, Logout, SetRole } from "../contracts/users.ts";
import { ADMIN, NOBODY, PASSWORD, principalOf, UsersFixture } from "./users.fixture.ts";

const from = { address: "2001:db8::1%eth0", userAgent: "Lynx/2.9" };

let at: UsersFixture;
beforeAll(async () => {
	at = await UsersFixture.open();
});
afterAll(() => at.close());

async function activitiesOf(id: string) {
	return (await at.ask(ListActivities, { id, limit: 100 }, { principal: ADMIN })).rows;
}

const typesOf = async (id: string) => (await activitiesOf(id)).map(({ activityType }) => activityType);

const noted = (id: string, type: string) => until(async () => (await typesOf(id)).includes(type), { what: type });

describe("the log of an account", () => {
	it("tells what its owner did, from where, and what was done to it", async () => {
		const signedIn = await at.register();
		const { id, email } = signedIn.user;
		await noted(id, "USER_CREATED");
		const principal = principalOf(await at.ask(Login, { email, password: PASSWORD }, from));
		await at.ask(Logout, {}, { principal, ...from });
		await at.ask(VerifyEmail, { token: await at.linkOf(id, "verify-email") }, from);
		const newPassword = "another good password";
		const current = principalOf(signedIn);
		await at.ask(ChangePassword, { currentPassword: PASSWORD, newPassword }, { principal: current, ...from });
		await at.ask(ForgotPassword, { email });
		await at.ask(ResetPassword, { token: await at.linkOf(id, "reset-password"), password: PASSWORD }, from);
		await at.ask(SetRole, { id, role: "vendor" }, { principal: ADMIN, ...from });
		await at.ask(DeactivateUser, { id }, { principal: ADMIN, ...from });
		await at.ask(ReactivateUser, { id }, { principal: ADMIN, ...from });

		const rows = await activitiesOf(id);
		const own = { ipAddress: "2001:db8::1", userAgent: "Lynx/2.9" };
		const foreign = { ipAddress: null, userAgent: null };
		expect(rows.map(({ activityType, ipAddress, userAgent }) => ({ activityType, ipAddress, userAgent }))).toEqual([
			{ activityType: "REACTIVATED", ...foreign },
			{ activityType: "DEACTIVATED", ...foreign },
			{ activityType: "ROLE_CHANGED", ...foreign },
			{ activityType: "PASSWORD_RESET", ...own },
			{ activityType: "PASSWORD_CHANGED", ...own },
			{ activityType: "EMAIL_VERIFIED", ...own },
			{ activityType: "LOGGED_OUT", ...own },
			{ activityType: "LOGGED_IN", ...own },
			{ activityType: "USER_CREATED", ...foreign },
		]);
		expect(rows.find(({ activityType }) => activityType === "ROLE_CHANGED")?.activityData).toEqual({ role: "vendor" });
	});

	it("tells of an order once, however often its fact comes", async () => {
		const { id } = (await at.register()).user;
		const timestamp = new Date().toISOString();
		const order = { orderId: at.service.newId(), userId: id, status: "confirmed", previousStatus: "pending" } as const;
		const data = { ...order, totalAmount: 10.5, currency: "EUR", items: [], timestamp };
		const message = { id: at.service.newId(), name: OrderCreated.name, version: 1, aggregateType: "order" };
		const where = { aggregateId: order.orderId, sequence: 1, correlationId: null, causationId: null };
		for (let times = 0; times < 2; times++) await busOf(at.broker).publish([{ ...message, ...where, data }]);
		await noted(id, "ORDER_CREATED");

		const orders = (await activitiesOf(id)).filter(({ activityType }) => activityType === "ORDER_CREATED");
		expect(orders.map(({ activityData }) => activityData)).toEqual([
			{ orderId: order.orderId, totalAmount: 10.5, currency: "EUR" },
		]);
	});

	it("tells of failed logins, twenty of an hour at most", async () => {
		const { id, email } = (await at.register()).user;
		for (let network = 0; network < 5; network++)
			for (let guess = 0; guess < 5; guess++)
				await at.login(email, "a guess", `198.51.100.${network}`).catch(() => undefined);
		await until(async () => (await typesOf(id)).filter((type) => type === "LOGIN_FAILED").length >= 20);

		expect((await typesOf(id)).filter((type) => type === "LOGIN_FAILED")).toHaveLength(20);
	});

	it("tells of sessions that ended because a refresh token came twice", async () => {
		const signedIn = await at.register();
		await at.refresh(signedIn);
		await at.refresh(signedIn).catch(() => undefined);

		expect(await typesOf(signedIn.user.id)).toContain("SESSIONS_ENDED");
	});

	it("survives an address that is none", async () => {
		const { user } = await at.register();
		await at.login(user.email, PASSWORD, "unknown");

		const login = (await activitiesOf(user.id)).find(({ activityType }) => activityType === "LOGGED_IN");
		expect(login).toMatchObject({ ipAddress: null });
	});

	it("is shown in pages to its owner and to administrators, and to nobody else", async () => {
		const signedIn = await at.register();
		const { id } = signedIn.user;
		await noted(id, "USER_CREATED");
		const principal = principalOf(await at.login(signedIn.user.email));

		const page = await at.ask(ListActivities, { id, page: 1, pageSize: 1 }, { principal });
		expect(page).toMatchObject({ total: 2, totalPages: 2, rows: [{ activityType: "LOGGED_IN" }] });
		const stranger = principalOf(await at.register());
		await expect(at.ask(ListActivities, { id }, { principal: stranger })).rejects.toMatchObject({ code: 404 });
		expect(await at.ask(ListActivities, { id: NOBODY }, { principal: ADMIN })).toMatchObject({ total: 0 });
	});
});
