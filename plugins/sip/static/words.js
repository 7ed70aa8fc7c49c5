/** Every visible word of the page, in both languages. */

const WORDS = {
  title: ["Agents' phones", "坐席话机"],
  about: ["A phone logs in at the hub with a user name and a password; a number outside is rung instead, or too.", "话机用用户名和密码登录本系统；也可以改为（或同时）呼叫外部号码。"],
  refresh: ["Refresh", "刷新"],
  find: ["Find an agent", "查找坐席"],
  none: ["No phone", "没有话机"],
  registered: ["Registered", "已注册"],
  away: ["Not registered", "未注册"],
  rings: ["Rings {outside}", "呼叫 {outside}"],
  place: ["{agent} at {from} ({transport}), until {until}", "{agent}，位于 {from}（{transport}），有效至 {until}"],
  a_phone: ["A phone", "话机"],
  give: ["Give a phone", "分配话机"],
  change: ["Change", "更改"],
  of: ["{what}: {name}", "{what}：{name}"],
  username: ["User name in the phone", "话机用户名"],
  outside: ["Number outside (optional)", "外部号码（可选）"],
  save: ["Save", "保存"],
  renew: ["New password", "新密码"],
  remove: ["Take the phone away", "收回话机"],
  sure: ["Really take it away?", "确定收回？"],
  cancel: ["Cancel", "取消"],
  once: ["This password is shown only now. Put this into the phone:", "此密码仅显示这一次。请填入话机："],
  user: ["User", "用户名"],
  password: ["Password", "密码"],
  server: ["Server", "服务器"],
  address: ["the hub's address", "本系统的地址"],
  close: ["Done", "完成"],
  taken: ["Another phone has this user name.", "此用户名已被其他话机使用。"],
  wrong: ["A user name is letters, digits and . _ - (40 at most); a number is digits, with or without +.", "用户名由字母、数字和 . _ - 组成（最多 40 个字符）；号码由数字组成，可带 +。"],
  failed: ["That did not work. Please try again.", "操作失败，请重试。"],
  trunks: ["Trunks", "中继"],
  no_trunks: ["No connection is at work here: see Connections.", "此处没有正在运行的连接：请查看“连接”。"],
  listens: ["listens at {listens}", "监听 {listens}"],
  takes_phones: ["phones register here", "话机在此注册"],
  at_carrier: ["registered at the carrier", "已在运营商注册"],
  not_at_carrier: ["not registered at the carrier", "未在运营商注册"],
  no_way_out: ["no way out: only calls in", "无出局线路：仅能呼入"],
  up: ["answers", "正常"],
  down: ["does not answer", "无应答"],
  calls: ["Calls now: {calls}", "当前通话：{calls}"],
  banned: ["Shut out: {hosts}", "已封禁：{hosts}"],
};

export function say(language, key, values = {}) {
  const text = WORDS[key][language === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
