import { jest } from "@jest/globals";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { startBroker } from "../../test/support/broker.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { call } from "../contracts/action.ts";
import type { ActionContract, SentTo } from "../contracts/action.ts";
import { MailLink } from "../contracts/credentials.ts";
import type { LinkPurpose } from "../contracts/credentials.ts";
import type { Message } from "../contracts/event.ts";
import type { Meta, UserPrincipal } from "../contracts/meta.ts";
import { EmailNotifications } from "../contracts/notifications.ts";
import * as Contract from "../contracts/users.ts";
import type { Users } from "./users.context.ts";
import users from "./users.service.ts";

export const PASSWORD = "correct horse battery";
export const SECRET = "a secret of the test, of more than 32 bytes";
export const NOBODY = "0190c1f0-0000-7000-8000-000000000000";
export const ADMIN: UserPrincipal = { userId: NOBODY, role: "admin", sessionId: NOBODY };
const PURPOSES: readonly string[] = ["verify-email", "reset-password", "invitation"];

/** Delivers what it hears. */
class HeardBus extends LocalBus {
	readonly heard: Message[] = [];

	override publish(messages: readonly Message[]) {
		this.heard.push(...messages);
		return super.publish(messages);
	}
}

interface Mail {
	readonly template: string;
	readonly variables: Readonly<Record<string, unknown>>;
}

/** The users service on a database of its own, with what is asked of it in a spec. */
export class UsersFixture {
	readonly broker: ServiceBroker;
	readonly service: Users;
	readonly bus: HeardBus;
	readonly #end: () => Promise<void>;
	#people = 0;

	private constructor(broker: ServiceBroker, bus: HeardBus, end: () => Promise<void>) {
		this.broker = broker;
		this.bus = bus;
		this.service = broker.getLocalService("users") as unknown as Users;
		this.#end = end;
	}

	/** @param others services that users knows by contract */
	static async open(others: readonly ServiceSchema[] = []): Promise<UsersFixture> {
		const database = await freshDatabase("users");
		const env = { USER_DATABASE_URL: database.url, JWT_SECRET: SECRET };
		const environment = jest.replaceProperty(process, "env", env);
		const bus = new HeardBus();
		const broker = await startBroker([users, ...others], { bus });
		return new UsersFixture(broker, bus, async () => {
			await broker.stop();
			environment.restore();
			await database.drop();
		});
	}

	close(): Promise<void> {
		return this.#end();
	}

	ask = <C extends ActionContract>(contract: C, params: SentTo<C>, meta: Meta = {}) =>
		call(this.broker, contract, params, { meta });

	register = (given: Partial<SentTo<typeof Contract.Register>> = {}, meta: Meta = {}) =>
		this.ask(Contract.Register, { email: `person-${++this.#people}@example.com`, password: PASSWORD, ...given }, meta);

	login = (email: string, given = PASSWORD, address = "192.0.2.1") =>
		this.ask(Contract.Login, { email, password: given }, { address });

	refresh = ({ refresh_token }: { refresh_token: string }) => this.ask(Contract.Refresh, { refresh_token });

	check = (signedIn: Contract.SignedIn) =>
		this.ask(Contract.CheckSession, { sessionId: principalOf(signedIn).sessionId });

	factsOf = (userId: string) => this.bus.heard.filter(({ aggregateId }) => aggregateId === userId);

	/** Mails that were asked for, oldest first. */
	mailsTo = (userId: string): Mail[] =>
		this.bus.heard
			.filter(({ name }) => name === EmailNotifications.name)
			.map(({ data }) => EmailNotifications.schema.parse(data))
			.filter((body) => body.userId === userId && body.to === undefined);

	/** Templates of the mails to an address that was named, oldest first. */
	mailedTo = (to: string): string[] =>
		this.bus.heard
			.filter(({ name }) => name === EmailNotifications.name)
			.map(({ data }) => EmailNotifications.schema.parse(data))
			.flatMap((body) => (body.to === to ? [body.template] : []));

	/** Has something done, once, between the verification of a password and what follows from it. */
	afterVerifying(next: () => Promise<unknown>): void {
		const { passwords } = this.service;
		const verify = passwords.verify.bind(passwords);
		const spy = jest.spyOn(passwords, "verify").mockImplementation(async (...given) => {
			spy.mockRestore();
			const isRight = await verify(...given);
			await next();
			return isRight;
		});
	}

	/** The newest of so many mails with this template, and the token of the link in it, as notifications would get it. */
	async linkOf(userId: string, template: LinkPurpose, count = 1): Promise<string> {
		const newest = () => this.mailsTo(userId).filter((mail) => mail.template === template)[count - 1];
		const mail = await until(newest, { what: `mail ${template} number ${count}` });
		const { url } = await this.ask(MailLink, linkParams(userId, mail));
		return tokenIn(url);
	}
}

/** What notifications asks when it writes a mail. */
export function linkParams(userId: string, { template, variables }: Mail): SentTo<typeof MailLink> {
	const { tokenId } = variables;
	if (!PURPOSES.includes(template) || typeof tokenId !== "string") throw new Error(`${template} has no link`);
	return { userId, purpose: template as LinkPurpose, tokenId };
}

export const tokenIn = (url: string): string => new URL(url).hash.slice(1);

/** The claims of an access token, as the gateway hands them on. */
export function principalOf({ access_token }: { access_token: string }): UserPrincipal {
	const claims = JSON.parse(Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString()) as Claims;
	return { userId: claims.sub, sessionId: claims.sid, role: claims.role };
}

interface Claims {
	readonly sub: string;
	readonly sid: string;
	readonly role: UserPrincipal["role"];
}
