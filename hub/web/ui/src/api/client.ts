/** The one place that speaks HTTP: cookie session, CSRF header, errors as `ApiError`. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
    readonly data: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** The hub could not be reached at all; what was asked may be asked again. */
export class NetworkGone extends Error {}

export type Query = Record<string, string | number | boolean | null | undefined>;

let csrf = "";
let onUnauthorised: () => void = () => {};

export function useCsrf(token: string): void {
  csrf = token;
}

/** Called whenever the session has ended, so that the shell can show the login. */
export function whenUnauthorised(handler: () => void): void {
  onUnauthorised = handler;
}

export function url(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  const tail = search.toString();
  return `/api/v1${path}${tail ? `?${tail}` : ""}`;
}

export const get = <T>(path: string, query: Query = {}): Promise<T> => request<T>("GET", url(path, query));
export const post = <T>(path: string, body?: unknown): Promise<T> => request<T>("POST", url(path), body ?? {});
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>("PUT", url(path), body);
export const patch = <T>(path: string, body: unknown): Promise<T> => request<T>("PATCH", url(path), body);
export const remove = <T>(path: string): Promise<T> => request<T>("DELETE", url(path));

/** Send a file or a form as it is; `type` is set for bodies that carry none of their own. */
export const upload = <T>(path: string, body: FormData | Blob | string, query: Query = {}, type = ""): Promise<T> =>
  send<T>("POST", url(path, query), body, type ? { "Content-Type": type } : {});

/** The headers of an answer whose body nobody needs. */
export async function look(path: string): Promise<Headers> {
  const response = await fetch(url(path), { credentials: "same-origin" });
  await response.body?.cancel();
  if (!response.ok) throw await failure(response, path);
  return response.headers;
}

/** A file as it is. */
export async function bytes(path: string): Promise<Blob> {
  const response = await fetch(url(path), { credentials: "same-origin" });
  if (!response.ok) throw await failure(response, path);
  return response.blob();
}

function request<T>(method: string, target: string, body?: unknown): Promise<T> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  return send<T>(method, target, json, json === undefined ? {} : { "Content-Type": "application/json" });
}

async function send<T>(
  method: string,
  target: string,
  body: BodyInit | undefined,
  headers: Record<string, string>,
): Promise<T> {
  const guard: Record<string, string> = method === "GET" || !csrf ? {} : { "X-CSRF-Token": csrf };
  let response: Response;
  try {
    response = await fetch(target, { method, body, headers: { ...headers, ...guard }, credentials: "same-origin" });
  } catch (cause) {
    throw new NetworkGone("The hub cannot be reached.", { cause });
  }
  if (!response.ok) throw await failure(response, target);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function failure(response: Response, target: string): Promise<Error> {
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    return new NetworkGone(`The hub answers ${response.status}.`);
  }
  if (response.status === 401 && !target.endsWith("/login")) onUnauthorised();
  const error = (await response.json().catch(() => ({})))?.error ?? {};
  return new ApiError(
    response.status,
    error.code ?? "ERROR",
    error.message ?? response.statusText,
    error.fields,
    error.data,
  );
}
