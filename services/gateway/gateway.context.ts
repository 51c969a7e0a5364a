import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ActionSchema, Context } from "moleculer";
import type { BodyForm, Download, StoaService } from "../../mixins/define-service.ts";
import type { SharedCounters } from "../../mixins/redis/shared-counters.ts";
import type { Meta } from "../contracts/meta.ts";
import type { Policy } from "../contracts/policy.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import type { GatewayConfig } from "./config.ts";
import type { Route, RouteTable } from "./domain/route-table.ts";
import type { HealthCheck } from "./health-check.ts";
import type { ClientReader, Exchange } from "./http/exchange.context.ts";
import type { Pages } from "./http/pages.ts";
import type { RequestLog } from "./http/request-log.ts";
import type { Uploads } from "./http/uploads.ts";
import type { Identity } from "./http/tls-identity.ts";
import type { RateLimit } from "./rate-limit.ts";

/** An action as the registry publishes it, on this node or another. */
export interface PublishedAction {
	readonly name: string;
	readonly rest?: readonly string[];
	readonly policy?: Policy;
	readonly status?: number;
	readonly location?: string;
	readonly idempotent?: boolean;
	readonly mayBeLate?: boolean;
	readonly body?: BodyForm;
	readonly download?: Download;
}

/** What moleculer-web makes of one `rest` line. */
export interface Alias {
	readonly action: string;
	readonly method: string;
	readonly fullPath: string;
	readonly route: object;
}

export type AliasRoute = Route & { readonly alias: Alias };

export interface Request extends IncomingMessage {
	exchange: Exchange;
	$ctx: Context<unknown, Meta>;
	$route: object;
	$alias: Alias;
	$action: ActionSchema & PublishedAction;
	$params: unknown;
}

export type Response = ServerResponse;

/** `this` inside the gateway. */
export type Gateway = StoaService & {
	readonly config: GatewayConfig;
	readonly authenticator: Authenticator;
	/** Shared by all gateway nodes; undefined in the laptop shape. */
	readonly counters: SharedCounters | undefined;
	readonly rateLimit: RateLimit;
	readonly requestLog: RequestLog;
	readonly healthCheck: HealthCheck;
	readonly pages: Pages;
	readonly uploads: Uploads;
	/** Where the client is, behind trusted proxies. */
	readonly clientOf: ClientReader;
	table: RouteTable<AliasRoute>;
	/** Services that were seen at some time, so that their routes are known. */
	readonly acquainted: Set<string>;
	aliases: Alias[];
	routes: object[];
	regenerateAllAutoAliases: () => void;
	server: Server;
	/** Of HTTPS, with what keeps it fresh; undefined over plain HTTP. */
	readonly identity: Identity | undefined;
	stopFollowing: (() => void) | undefined;
	/** Sends plain requests to HTTPS. */
	redirect: Server | undefined;
	isDraining: boolean;
	inFlight: number;
	/** Called when the last request in flight has ended. */
	onIdle: (() => void) | undefined;
	httpHandler(req: Request, res: Response): Promise<void>;
	/** moleculer-web: finds an endpoint, runs `onBeforeCall`, calls the action and sends its result. */
	aliasHandler(req: Request, res: Response, alias: Alias): Promise<unknown>;
	refuse(req: Request, res: Response, error: unknown): void;
	/** Stops being ready, lets the requests in flight end, then closes the server. */
	drain(): Promise<void>;
};
