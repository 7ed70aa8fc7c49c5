/** The words of the page of broadcasts, in both languages. */

const WORDS = {
  title: ["Fax broadcasts", "传真群发"],
  about: ["One document to many numbers. Each is a message of its own: asked about first, tried again, and with its own result.", "同一文件发往多个号码。每个号码都是单独的一条消息：先经许可检查，失败会重试，并各有结果。"],
  from: ["From", "发件号码"],
  name: ["Title", "标题"],
  numbers: ["Numbers", "号码"],
  numbers_hint: ["One to a line, a name beside it if you like", "每行一个，可附名称"],
  text: ["Text, a page of its own", "文字（单独成页）"],
  files: ["Documents", "文件"],
  send: ["Send", "发送"],
  pause: ["Pause", "暂停"],
  resume: ["Go on", "继续"],
  cancel: ["Cancel", "取消"],
  sure: ["Cancel “{title}”?", "取消“{title}”？"],
  sure_about: ["Numbers that still wait get no fax: {count} now. What is under way still goes. A cancelled broadcast cannot go on.", "尚在等待的号码不再发送（目前 {count} 个），进行中的仍会发完。取消后无法继续。"],
  end: ["Cancel the broadcast", "取消群发"],
  keep: ["Keep it", "保留"],
  again: ["Send again to those who did not get it", "重发未送达的号码"],
  of: ["{over} of {all}", "{over} / {all}"],
  is_RUNNING: ["running", "进行中"],
  is_PAUSED: ["paused: what is under way still goes", "已暂停：进行中的仍会发完"],
  is_CANCELLED: ["cancelled", "已取消"],
  is_DONE: ["done", "已完成"],
  WAITING: ["waiting", "等待"],
  STARTING: ["being begun", "准备中"],
  GIVEN: ["under way", "进行中"],
  DELIVERED: ["sent", "已送达"],
  FAILED: ["not sent", "未送达"],
  BLOCKED: ["not allowed", "不允许联系"],
  UNKNOWN: ["not known", "未知"],
  CANCELLED: ["cancelled", "已取消"],
  wrong: ["This is not complete: a title, numbers, and something to send.", "内容不完整：需要标题、号码和要发送的内容。"],
  failed: ["The broadcasts cannot be shown. Please try again.", "无法显示群发列表，请重试。"],
};

export const told =
  (language) =>
  (key, values = {}) =>
    WORDS[key][language === "zh" ? 1 : 0].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
