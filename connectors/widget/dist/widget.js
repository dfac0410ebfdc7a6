"use strict";(()=>{function s(r,e={},...t){let i=document.createElement(r);for(let[n,o]of Object.entries(e))typeof o=="function"?i.addEventListener(n.slice(2),o):o===!0?i.setAttribute(n,""):o!==void 0&&o!==!1&&i.setAttribute(n,String(o));return i.append(...t.filter(n=>!!n)),i}var se={chat:"M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.2c-.5.5-1.4.1-1.4-.6V15.6A2.5 2.5 0 0 1 4 13.5zM8 8.5h8M8 11.5h5",close:"M6 6l12 12M18 6 6 18",officer:"M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM4.5 20c.6-3.6 3.7-6 7.5-6s6.9 2.4 7.5 6",text:"M3 18 8 6l5 12M4.7 14h6.6M14.5 18l3.250-8L21 18M15.6 15.5h4.3",send:"M4.5 12 20 4.5 15.5 20l-3.4-6.3zM12.1 13.7 20 4.5",camera:"M4.5 8H7l1.6-2.5h6.8L17 8h2.5A1.5 1.5 0 0 1 21 9.5v8A1.5 1.5 0 0 1 19.5 19h-15A1.5 1.5 0 0 1 3 17.5v-8A1.5 1.5 0 0 1 4.5 8zM12 16.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",warning:"M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2",fold:"m6.5 10 5.5 5.5 5.5-5.5",copy:"M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9z",attach:"m19 11.5-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.7-7.7a3 3 0 0 1 4.3 4.3l-7.7 7.7a1.5 1.5 0 0 1-2.2-2.2l6.7-6.7",up:"M7 20H4.5v-9H7m0 9V11l4-7.5c1.4 0 2.3 1 2.3 2.3V9.5h4.6a2 2 0 0 1 2 2.4l-1.3 6.5a2 2 0 0 1-2 1.6z",down:"M7 4H4.5v9H7m0-9v9l4 7.5c1.4 0 2.3-1 2.3-2.3V14.5h4.6a2 2 0 0 0 2-2.4l-1.3-6.5a2 2 0 0 0-2-1.6z",print:"M7 9V4h10v5M7 17H5a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 5 9h14a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 19 17h-2M7 14h10v6H7z",link:"M13.5 5H19v5.5M19 5l-8 8M16.5 13.5V18a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V9A1.5 1.5 0 0 1 6 7.5h4.5",arrow:"M12 5v13M6.5 12.5 12 18l5.5-5.5",lotus:"M12 4.5c2.3 2.3 3.3 4.7 3.3 7.2S14.2 16.6 12 18.5c-2.2-1.9-3.3-4.3-3.3-6.8S9.7 6.8 12 4.5zM8.8 9.6C6.7 8.7 5 8.5 3.5 8.7c.2 5.2 3 8.8 8.5 9.8M15.2 9.6c2.1-.9 3.8-1.1 5.3-.9-.2 5.2-3 8.8-8.5 9.8"};function c(r){let e="http://www.w3.org/2000/svg",t=document.createElementNS(e,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidden","true"),t.setAttribute("class",`icon icon-${r}`);let i=document.createElementNS(e,"path");return i.setAttribute("d",se[r]),t.append(i),t}function b(r,e,t=""){return s("a",{href:r,target:"_blank",rel:"noopener noreferrer",class:t||void 0},e)}function k(r,e,t=globalThis){try{let i=new t.CSSStyleSheet;i.replaceSync(e),r.adoptedStyleSheets=[i]}catch{("head"in r?r.head:r).append(s("style",{},e))}}var oe="body{font:14pt/1.5 'Be Vietnam Pro','Segoe UI','Noto Sans',sans-serif;margin:2cm}h1{font-size:18pt;margin:0}h2{font-size:15pt;margin:.2em 0 1em}ul{list-style:none;padding:0}li{margin:0 0 .5em;padding-left:1.5em;text-indent:-1.5em}footer{margin-top:2em;color:#555;font-size:10pt}";function B(r,e){let t=s("iframe",{class:"print","aria-hidden":"true",tabindex:-1});r.append(t);let i=t.contentWindow;i&&(k(i.document,oe,i),i.document.title=e.title,i.document.body.append(s("h1",{},e.title),s("h2",{},e.subtitle),...e.paragraphs.map(n=>s("p",{},n)),s("ul",{},...e.lines.map(n=>s("li",{},`${n.done?"☑":"☐"}  ${n.text}`))),s("footer",{},e.footer)),i.addEventListener("afterprint",()=>t.remove()),i.print())}var re=/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|\b((?:PA|HT)-[0-9A-Z]{4}-[0-9A-Z]{4})\b|\b((?:0\d{2,3}|1[89]00)[ .]\d{3,4}(?:[ .]\d{3,4})?)(?![\d.,]*\d|[/-])/g,F=/^• /,$=/^(\d{1,2})\. /,U=70;function D(r,e){let t=[],i=0;for(let n of r.matchAll(re)){let[o,a,l,p]=n;p&&/[\d.,/-]/.test(r.charAt(n.index-1))||(t.push(r.slice(i,n.index)),a?t.push(b(a,a)):l?t.push(n.index+o.length===r.length?e(l):x(l)):p&&t.push(s("a",{href:`tel:${p.replace(/\D/g,"")}`,class:"phone"},p)),i=n.index+o.length)}return t.push(r.slice(i)),t}function x(r){return s("strong",{class:"code"},r)}function ae(r){let[e=""]=r;return r.length>1&&e.length<=U&&!/[.!?:…,;]$|^(• |\d+\. )/.test(e)}function w(r,e=x){let t=s("div",{class:"text"}),i=r.split(`
`).filter(o=>o.trim()),n=null;return i.forEach((o,a)=>{let l=$.exec(o);if(l||F.test(o)){let u=l?"ol":"ul";n?.localName!==u&&t.append(n=l?s("ol",{start:l[1]}):s("ul")),n.append(s("li",{},...D(o.replace(l?$:F,""),e)));return}n=null;let p=a===0&&ae(i)?"title":/:$/.test(o)&&o.length<=U?"lead":void 0;t.append(s("p",{class:p},...D(o,e)))}),t}function V(r){return s("div",{class:"text"},...r.split(`
`).filter(e=>e.trim()).map(e=>s("p",{},...D(e,x))))}var S="/return_to_bot",L="/request_human",h=class extends Error{constructor(t,i,n){super(i);this.code=t;this.retryAfter=n}},g=class extends Error{};function R(r){return new h(r.code??"unavailable",r.message??"",r.retry_after)}var T=class{constructor(e,t){this.server=e;this.language=t}async call(e,t,i,n,o){let a={"Accept-Language":this.language};i&&(a.Authorization=`Bearer ${i}`);let l;n instanceof File?(a["X-File-Name"]=encodeURIComponent(n.name),l=n):n!==void 0&&(a["Content-Type"]="application/json",l=JSON.stringify(n));let p;try{p=await fetch(this.server+t,{method:e,headers:a,body:l,signal:o,credentials:"omit"})}catch{throw new g}let u=await p.json().catch(()=>({}));if(p.ok)return u;throw p.status>=500?new g:R(u)}};var K={title:"Public service assistant",launcher:"Ask us",open:"Ask us: open the chat with the public service assistant",unread:"{n} unread messages",close:"Close the chat",officer:"Talk to an officer",officerMessage:"Tôi muốn gặp cán bộ",floor:{bot:"Automatic assistant",waiting:"Waiting for an officer",officer:"An officer is answering"},here:"Officers are here now, until {time}",until:"Officers work until {time}",backAt:"Officers are back {time}, {day}",weekdays:["Sunday","Monday","Tuesday","Wednesday","Thursday","Friday","Saturday"],ahead:"{n} people are before you.",next:"You are next.",absent:"The office is open; an officer will join you.",kept:"Your messages are kept.",leaveQueue:"Back to the assistant",emergency:"Emergency notice",settings:"Text size and display",size:"Text size",sizes:["Medium text","Large text","Very large text"],dark:"Dark background",contrast:"High contrast",forget:"Delete the chat from this device",forgetSure:"Really delete? You will not see it again on this device.",log:"Conversation",who:{citizen:"You",bot:"Assistant",officer:"Officer",system:"Notice"},welcome:`Hello!
I can help you:
• Find papers, fees, time limits and where to apply
• Send feedback or a complaint
• Talk to an officer
Answers are in Vietnamese; please ask in Vietnamese if you can.`,suggestionsLabel:"You can ask",suggestions:[["Registering a birth","Làm giấy khai sinh cần giấy tờ gì?"],["Lost identity card","Làm lại căn cước bị mất thì lệ phí bao nhiêu?"],["Temporary residence for foreigners","Khai báo tạm trú cho người nước ngoài thế nào?"],["Send feedback","Tôi muốn gửi phản ánh"]],consentTitle:"Before you start",consent:"Messages are kept so that we can answer and officers can help you. Please send no identity numbers, passwords or OTP codes unless an officer asks.",consentAgree:"I agree, start",ask:"Your question",placeholder:"Type your question…",send:"Send",attach:"Attach a picture or PDF",uploading:"Uploading…",remove:"Remove {name}",uploadFailed:"The file could not be uploaded. Please try again when you are online.",fileTooLarge:"The file is too large. At most 5 MB each.",sending:"Sending…",queued:"Waiting for the network",sent:"Sent",edit:"Edit and send again",typing:"The assistant is writing…",typingLong:"Still looking it up, one moment please…",officerTyping:"An officer is writing…",offline:"No connection. Your messages are kept and will be sent when you are back online.",back:"Connected again.",source:"Source",checked:"checked {date}",effective:"in force since {date}",checklist:"What to prepare",ticked:"{done}/{all} done",print:"Print the list",printed:"Printed from the public service assistant on {date}",rate:"Did this answer help you?",up:"Helpful",down:"Not right",thanks:"Thank you for telling us.",reason:"What was not right?",reasons:["Not what I asked","Hard to understand","Outdated or wrong"],newTab:"opens a new window",more:"Read on",copy:"Copy the code {code}",copied:"Copied",today:"today"};var W={title:"Trợ lý hành chính công",launcher:"Hỏi trợ lý",open:"Hỏi trợ lý: mở khung hỏi đáp hành chính công",unread:"{n} tin chưa đọc",close:"Đóng khung hỏi đáp",officer:"Gặp cán bộ",officerMessage:"Tôi muốn gặp cán bộ",floor:{bot:"Trợ lý tự động",waiting:"Đang chờ cán bộ",officer:"Cán bộ đang trả lời"},here:"Cán bộ đang trực, đến {time}",until:"Cán bộ làm việc đến {time}",backAt:"Cán bộ trở lại {time}, {day}",weekdays:["Chủ nhật","thứ Hai","thứ Ba","thứ Tư","thứ Năm","thứ Sáu","thứ Bảy"],ahead:"Trước anh/chị còn {n} người.",next:"Anh/chị là người tiếp theo.",absent:"Đang trong giờ làm việc, cán bộ sẽ vào trả lời anh/chị.",kept:"Tin của anh/chị được giữ lại.",leaveQueue:"Quay lại trợ lý",emergency:"Thông báo khẩn",settings:"Cỡ chữ và hiển thị",size:"Cỡ chữ",sizes:["Chữ vừa","Chữ lớn","Chữ rất lớn"],dark:"Nền tối",contrast:"Tương phản cao",forget:"Xóa trò chuyện khỏi máy này",forgetSure:"Xóa thật? Anh/chị sẽ không xem lại được trên máy này.",log:"Nội dung trò chuyện",who:{citizen:"Anh/chị",bot:"Trợ lý",officer:"Cán bộ",system:"Thông báo"},welcome:`Chào anh/chị!
Tôi giúp anh/chị:
• Tra giấy tờ, lệ phí, thời gian, nơi nộp hồ sơ
• Gửi phản ánh, gặp cán bộ`,suggestionsLabel:"Anh/chị có thể hỏi",suggestions:[["Làm giấy khai sinh cần gì?","Làm giấy khai sinh cần giấy tờ gì?"],["Làm lại căn cước bị mất","Làm lại căn cước bị mất thì lệ phí bao nhiêu?"],["Sang tên sổ đỏ mất bao lâu?","Sang tên sổ đỏ mất bao lâu?"],["Gửi phản ánh","Tôi muốn gửi phản ánh"]],consentTitle:"Trước khi bắt đầu",consent:"Tin nhắn được lưu lại để trả lời và để cán bộ hỗ trợ anh/chị. Xin đừng gửi số căn cước, mật khẩu hay mã OTP nếu không được cán bộ hỏi.",consentAgree:"Tôi đồng ý, bắt đầu",ask:"Câu hỏi của anh/chị",placeholder:"Nhập câu hỏi…",send:"Gửi",attach:"Gửi ảnh hoặc tệp PDF",uploading:"Đang tải tệp…",remove:"Bỏ tệp {name}",uploadFailed:"Chưa tải được tệp. Anh/chị thử lại khi có mạng.",fileTooLarge:"Tệp lớn quá. Mỗi tệp tối đa 5 MB.",sending:"Đang gửi…",queued:"Chờ có mạng để gửi",sent:"Đã gửi",edit:"Sửa và gửi lại",typing:"Trợ lý đang soạn câu trả lời…",typingLong:"Tôi đang tra cứu, anh/chị chờ chút nhé…",officerTyping:"Cán bộ đang soạn tin…",offline:"Mất kết nối. Tin của anh/chị được giữ lại và sẽ tự gửi khi có mạng.",back:"Đã kết nối lại.",source:"Nguồn",checked:"kiểm tra ngày {date}",effective:"hiệu lực từ {date}",checklist:"Việc cần chuẩn bị",ticked:"{done}/{all} đã xong",print:"In danh sách",printed:"In từ Trợ lý hành chính công ngày {date}",rate:"Câu trả lời này có giúp được anh/chị không?",up:"Có ích",down:"Chưa đúng",thanks:"Cảm ơn anh/chị đã góp ý.",reason:"Chưa được ở điểm nào?",reasons:["Không đúng điều tôi hỏi","Khó hiểu","Thông tin cũ hoặc sai"],newTab:"mở cửa sổ mới",more:"Xem tiếp",copy:"Sao chép mã {code}",copied:"Đã chép",today:"hôm nay"};var j={vi:W,en:K};function d(r,e){return r.replace(/\{(\w+)\}/g,(t,i)=>String(e[i]??""))}function M(r,e){return new Date(r).toLocaleDateString(e==="vi"?"vi-VN":"en-GB",{day:"2-digit",month:"2-digit",year:"numeric"})}function G(r){return new Date(r).toLocaleTimeString("vi-VN",{hour:"2-digit",minute:"2-digit"})}var pe=new Set([L,S]),E=class{constructor(e,t,i,n){this.texts=e;this.language=t;this.store=i;this.actions=n}draw(e){let{sender:t}=e,i=t==="citizen"?V(e.text):w(e.text,l=>this.code(l)),n=s("div",{class:"bubble"},i);e.attachments&&n.append(this.files(e.attachments)),e.image_url&&n.append(s("img",{src:e.image_url,alt:"",loading:"lazy"})),e.checklist&&n.append(this.checklist(e)),e.links&&n.append(this.links(e.links)),e.sources&&n.append(this.sources(e.sources));let o=s("article",{class:`message ${t}`},this.caption(t,e.at),n),a=e.choices?.filter(({payload:l})=>!pe.has(l))??[];return a.length&&o.append(this.choices(a)),e.ratable&&o.append(this.thumbs(e.id)),o}drawOwn(e,t,i){let n=this.draw({id:0,sender:"citizen",text:e,at:t,...i.length?{attachments:i}:{}});return n.append(s("p",{class:"delivery"})),n}caption(e,t){let i=this.texts.who[e];return s("p",{class:"caption"},s("span",{class:"name"},i),s("time",{datetime:t},G(t)))}code(e){if(!e.startsWith("PA")||!navigator.clipboard)return x(e);let{texts:t}=this,i=s("span",{class:"copied",role:"status"}),n=()=>{navigator.clipboard.writeText(e).then(()=>i.textContent=t.copied)},o=s("button",{type:"button",class:"code","aria-label":d(t.copy,{code:e}),onclick:n},e,c("copy"));return s("span",{class:"copy"},o,i)}files(e){return s("ul",{class:"files"},...e.map(t=>s("li",{},c("attach"),t)))}links(e){let t=e.map(({title:i,url:n})=>{let o=b(n,i);return n.startsWith("http")&&o.append(c("link"),s("span",{class:"hidden"},` (${this.texts.newTab})`)),s("li",{},o)});return s("ul",{class:"links"},...t)}choices(e){let t=e.map(({title:i,payload:n})=>s("button",{type:"button",onclick:()=>this.actions.choose(i,n)},i));return s("div",{class:"choices",role:"group","aria-label":this.texts.suggestionsLabel},...t)}sources(e){let{texts:t,language:i}=this,n=e.map(o=>{let a=[o.url?b(o.url,o.title):o.title];return o.id&&!o.title.includes(o.id)&&a.push(` (${o.id})`),o.effective_from&&a.push(` · ${d(t.effective,{date:M(o.effective_from,i)})}`),o.checked&&a.push(` · ${d(t.checked,{date:M(o.checked,i)})}`),s("p",{},`${t.source}: `,...a)});return s("div",{class:"sources"},...n)}checklist(e){let{texts:t,store:i}=this,n=e.checklist??[],o=new Set(i.state.ticks[e.id]??[]),a=s("span",{class:"count",role:"status"}),l=()=>{a.textContent=d(t.ticked,{done:o.size,all:n.length})};l();let p=(f,m)=>{m?o.add(f):o.delete(f),i.update({ticks:{...i.state.ticks,[e.id]:[...o]}}),l()},u=n.map((f,m)=>{let v=s("input",{type:"checkbox",checked:o.has(m),onchange:q=>p(m,q.target.checked)});return s("li",{},s("label",{},v,s("span",{},f)))}),ie=f=>{let m=f.currentTarget.getRootNode(),[v]=e.sources??[];B(m,{title:t.checklist,subtitle:v?`${v.title} (${v.id})`:"",paragraphs:e.text.split(`
`).slice(1),lines:n.map((q,ne)=>({text:q,done:o.has(ne)})),footer:d(t.printed,{date:M(new Date,this.language)})})};return s("div",{class:"checklist",role:"group","aria-label":t.checklist},s("p",{class:"heading"},s("strong",{},t.checklist),a),s("ul",{},...u),s("button",{type:"button",class:"quiet",onclick:ie},c("print"),t.print))}thumbs(e){let{texts:t}=this,i=s("div",{class:"thumbs",role:"group","aria-label":t.rate}),n=()=>i.replaceChildren(s("p",{role:"status"},t.thanks)),o=(l,p)=>{this.store.update({votes:{...this.store.state.votes,[e]:l}}),this.actions.vote(e,l,p)},a=()=>{o("down");let l=t.reasons.map(p=>s("button",{type:"button",onclick:()=>(o("down",p),n())},p));i.replaceChildren(s("p",{role:"status"},t.reason),s("div",{class:"choices"},...l)),l[0]?.focus()};if(this.store.state.votes[e])n();else{let l=s("button",{type:"button",onclick:()=>(o("up"),n())},c("up"),t.up),p=s("button",{type:"button",onclick:a},c("down"),t.down);i.append(l,p)}return i}};var de=1e4,he=25e3,ge=4e4,ue=3e4,Y=2,A=class{constructor(e,t,i){this.api=e;this.language=t;this.listener=i;this.token="";this.after=0;this.socket=null;this.polling=null;this.timer=0;this.pinger=0;this.heard=0;this.failures=0;this.socketFailures=0;this.waiting=new Map;this.running=!1;this.state="idle";addEventListener("online",()=>this.hurry()),addEventListener("offline",()=>this.running&&this.lose()),document.addEventListener("visibilitychange",()=>document.hidden||this.hurry())}start(e,t){this.stop(),this.token=e,this.after=t,this.running=!0,this.open()}stop(){this.running=!1,clearTimeout(this.timer),this.drop(),this.set("idle")}async post(e){if(this.polling){await this.api.call("POST","/web/messages",this.token,e);return}let t=this.socket;if(!t||this.state!=="online")throw new g;await new Promise((i,n)=>{let o=setTimeout(()=>{n(new g),this.socket===t&&this.lose()},de),a=l=>{clearTimeout(o),this.waiting.delete(e.id),l()};this.waiting.set(e.id,{resolve:()=>a(i),reject:l=>a(()=>n(l))}),t.send(JSON.stringify({type:"message",...e}))})}types(){this.state==="online"&&(this.socket?this.socket.send('{"type":"typing"}'):this.api.call("POST","/web/typing",this.token).catch(()=>{}))}hurry(){this.running&&(this.state==="offline"||this.state==="connecting")&&!this.socket&&this.open()}open(){clearTimeout(this.timer),this.drop(),this.set("connecting"),this.socketFailures>=Y?this.poll():this.openSocket()}openSocket(){let e;try{e=new WebSocket(this.api.server.replace(/^http/,"ws")+"/web/socket")}catch{this.socketFailures=Y,this.retry();return}this.socket=e,this.heard=Date.now(),e.onopen=()=>e.send(JSON.stringify({type:"resume",token:this.token,after:this.after,lang:this.language})),e.onmessage=t=>{this.socket===e&&this.read(JSON.parse(String(t.data)))},e.onclose=t=>{this.socket===e&&(t.code===4401?this.giveUp():this.lose())},this.pinger=window.setInterval(()=>{Date.now()-this.heard>ge?this.lose():e.readyState===WebSocket.OPEN&&e.send('{"type":"ping"}')},he)}read(e){switch(this.heard=Date.now(),e.type){case"message":this.take(e.message);break;case"ready":this.socketFailures=0,this.arrive(e);break;case"status":this.listener.status(e);break;case"typing":this.listener.typing();break;case"ack":this.waiting.get(e.id)?.resolve();break;case"error":this.waiting.get(e.id)?.reject(R(e));break}}async poll(){let e=new AbortController;this.polling=e;let t="",i=0;try{for(;this.polling===e;){let n=`?after=${this.after}&wait=${i}&state=${encodeURIComponent(t)}`,o=await this.api.call("GET","/web/messages"+n,this.token,void 0,e.signal);if(this.polling!==e)return;o.typing&&this.listener.typing(),o.messages.forEach(a=>this.take(a)),t=o.state,!o.more&&(this.state!=="online"?this.arrive(o):this.listener.status(o),i=25)}}catch(n){if(this.polling!==e)return;this.socketFailures=0,n instanceof h&&n.code==="wrong_token"?this.giveUp():this.lose()}}take(e){this.after=Math.max(this.after,e.id),this.listener.message(e)}arrive(e){this.failures=0,this.set("online"),this.listener.status(e),this.listener.ready()}giveUp(){this.stop(),this.listener.tokenLost()}lose(){this.socket&&this.state==="connecting"&&navigator.onLine&&(this.socketFailures+=1),this.drop(),this.retry()}retry(){this.set("offline");let e=Math.min(ue,1e3*2**this.failures)*(.5+Math.random()/2);this.failures+=1,clearTimeout(this.timer),this.timer=window.setTimeout(()=>this.open(),e)}drop(){clearInterval(this.pinger);let e=this.socket;this.socket=null,e?.close();let t=this.polling;this.polling=null,t?.abort();for(let i of[...this.waiting.values()])i.reject(new g)}set(e){this.state!==e&&(this.state=e,this.listener.link(e))}};var fe=4e3,me="image/jpeg,image/png,image/webp,image/heic,application/pdf",C=class{constructor(e,t){this.texts=e;this.actions=t;this.tray=s("ul",{class:"tray",hidden:!0});this.notice=s("p",{class:"notice",role:"alert",hidden:!0});this.input=s("textarea",{rows:1,maxlength:fe,placeholder:e.placeholder,"aria-label":e.ask,enterkeyhint:"send",autocomplete:"off",oninput:()=>{this.grow(),this.input.value&&t.types()},onkeydown:a=>this.onKey(a)});let i=s("input",{type:"file",accept:me,multiple:!0,hidden:!0,tabindex:-1});i.addEventListener("change",()=>{t.files([...i.files??[]]),i.value=""});let n=s("button",{type:"button",class:"round","aria-label":e.attach,onclick:()=>i.click()},c("camera")),o=s("button",{type:"submit",class:"round send","aria-label":e.send},c("send"));this.element=s("form",{class:"composer",hidden:!0,onsubmit:a=>{a.preventDefault(),t.ask(this.input.value)}},this.notice,this.tray,s("div",{class:"row"},i,n,this.input,o))}get text(){return this.input.value}set text(e){this.input.value=e,this.grow()}focus(){this.input.focus({preventScroll:!0})}setNotice(e){this.notice.hidden=!e,this.notice.textContent=e}setTray(e,t){let i=e.map((n,o)=>s("li",{},s("span",{},n),s("button",{type:"button","aria-label":d(this.texts.remove,{name:n}),onclick:()=>this.actions.removeFile(o)},c("close"))));t&&i.push(s("li",{role:"status"},this.texts.uploading)),this.tray.hidden=i.length===0,this.tray.replaceChildren(...i)}onKey(e){e.key!=="Enter"||e.shiftKey||e.isComposing||(e.preventDefault(),this.element.requestSubmit())}grow(){for(this.input.rows=Math.min(5,1+(this.input.value.match(/\n/g)?.length??0));this.input.rows<5&&this.input.scrollHeight>this.input.clientHeight+2;)this.input.rows+=1}};var z=class{constructor(e,t){this.texts=e;this.floor=s("p",{class:"floor",role:"status"});this.hours=s("p",{class:"hours",hidden:!0});this.emergencyText=s("p",{role:"alert"});this.place=s("p",{role:"status"});this.emergency=s("details",{class:"emergency",open:!0,hidden:!0},s("summary",{},c("warning"),e.emergency,c("fold")),this.emergencyText),this.queue=s("section",{class:"queue","aria-label":e.floor.waiting,hidden:!0},this.place,s("button",{type:"button",onclick:t},e.leaveQueue))}show(e){let t=e?.floor??"bot";this.floor.className=`floor ${t}`,X(this.floor,[this.texts.floor[t]]),this.hours.hidden=!e||t!=="bot",this.hours.textContent=e?this.when(e.office):"",this.queue.hidden=t!=="waiting",X(this.place,e&&t==="waiting"?this.waiting(e):[]),this.warn(e?.notice??"")}warn(e){this.emergencyText.textContent!==e&&(this.emergencyText.textContent=e,this.emergency.open=!0),this.emergency.hidden=!e}waiting({ahead:e=0,office:t}){let{texts:i}=this,n=e?d(i.ahead,{n:e}):i.next;return t.open&&!t.present?[n,i.absent]:[n,`${this.when(t)}.${t.open?"":` ${i.kept}`}`]}when({present:e,until:t,back:i}){return t?d(e?this.texts.here:this.texts.until,{time:Q(t)}):i?d(this.texts.backAt,{time:Q(i),day:this.day(i)}):""}day(e){let t=e.slice(0,10);return t===new Date().toLocaleDateString("sv-SE",{timeZone:"Asia/Ho_Chi_Minh"})?this.texts.today:`${this.texts.weekdays[new Date(`${t}T00:00`).getDay()]} ${t.slice(8)}/${t.slice(5,7)}`}};function Q(r){return r.slice(11,16)}function X(r,e){let t=e.filter(Boolean);t.join(`
`)!==[...r.children].map(i=>i.textContent).join(`
`)&&r.replaceChildren(...t.map(i=>s("span",{},i)))}var H=class{constructor(e,t){this.texts=e;this.actions=t;this.sizes=e.sizes.map((i,n)=>s("button",{type:"button","aria-pressed":"false",onclick:()=>t.look({size:n})},"A",s("span",{class:"hidden"},` ${i}`))),this.dark=this.box(i=>t.look({dark:i})),this.contrast=this.box(i=>t.look({contrast:i})),this.element=s("div",{class:"settings",id:"settings",hidden:!0},s("div",{class:"sizes",role:"group","aria-label":e.size},s("span",{},e.size),...this.sizes),s("label",{class:"switch"},s("span",{},e.dark),this.dark),s("label",{class:"switch"},s("span",{},e.contrast),this.contrast),this.forget())}show({size:e,dark:t,contrast:i}){this.sizes.forEach((n,o)=>n.setAttribute("aria-pressed",String(o===e))),this.dark.checked=t,this.contrast.checked=i}box(e){return s("input",{type:"checkbox",role:"switch",onchange:t=>e(t.target.checked)})}forget(){let{texts:e,actions:t}=this,i=s("button",{type:"button",class:"quiet"},e.forget);return i.addEventListener("click",()=>{let n=i.classList.toggle("sure");i.textContent=n?e.forgetSure:e.forget,n||t.forget()}),i}};var ve=6e3,be=5e3,P=class{constructor(e,t,i){this.texts=e;this.actions=i;this.items=s("div",{class:"items"});this.pending=s("div",{class:"items"});this.badge=s("span",{class:"badge","aria-hidden":"true",hidden:!0});this.banner=s("p",{class:"banner",role:"status",hidden:!0});this.atEnd=!0;this.put=0;this.working=!1;this.typingTimer=0;this.bannerTimer=0;this.launcher=s("button",{class:"launcher",type:"button","aria-expanded":"false","aria-controls":"panel",onclick:i.open},c("lotus"),s("span",{class:"word"},e.launcher),this.badge),this.setUnread(0),this.settings=new H(e,i),this.composer=new C(e,i),this.notes=new z(e,i.leaveQueue),this.officer=s("button",{type:"button",class:"officer",onclick:i.officer},c("officer"),e.officer),this.typingText=s("span",{class:"hidden"},e.typing),this.typing=s("div",{class:"typing",hidden:!0},s("div",{class:"bubble"},s("span",{class:"dots","aria-hidden":"true"},s("i"),s("i"),s("i")),this.typingText)),this.suggestions=s("div",{class:"choices",role:"group","aria-label":e.suggestionsLabel,hidden:!0});for(let[o="",a=""]of e.suggestions)this.suggestions.append(s("button",{type:"button",onclick:()=>i.ask(a)},o));this.agree=s("button",{type:"button",class:"primary",onclick:i.agree},e.consentAgree),this.consent=s("section",{class:"consent",hidden:!0,"aria-labelledby":"consent-title"},s("h3",{id:"consent-title"},e.consentTitle),s("p",{},e.consent),this.agree),this.log=s("div",{class:"log",role:"log","aria-live":"polite","aria-label":e.log,tabindex:0},s("article",{class:"message bot"},s("div",{class:"bubble"},w(e.welcome))),this.suggestions,this.items,this.pending,this.typing),this.latest=s("button",{type:"button",class:"latest",hidden:!0,onclick:()=>this.readOn()},e.more,c("arrow"));let n=()=>{this.atEnd=this.isAtEnd(),this.latest.hidden=this.atEnd};this.log.addEventListener("scroll",n,{passive:!0}),new ResizeObserver(()=>this.atEnd&&this.scrollDown()).observe(this.log),this.element=s("section",{class:"panel",id:"panel",role:"dialog","aria-label":t,hidden:!0},this.buildHeader(t),this.settings.element,this.notes.emergency,this.banner,s("div",{class:"middle"},this.log,this.latest),this.consent,this.notes.queue,this.composer.element),this.element.addEventListener("keydown",o=>this.onKey(o))}get isOpen(){return!this.element.hidden}show(e){this.element.hidden=!e,this.launcher.setAttribute("aria-expanded",String(e)),this.launcher.classList.toggle("away",e),e?(this.scrollDown(),this.focus()):this.launcher.focus()}focus(){this.consent.hidden?this.composer.focus():this.agree.focus({preventScroll:!0})}focusLog(){this.log.focus({preventScroll:!0})}setConsented(e){this.consent.hidden=e,this.composer.element.hidden=!e,this.officer.disabled=!e,this.suggestions.hidden=!e||this.items.childElementCount+this.pending.childElementCount>0}hideSuggestions(){this.suggestions.hidden=!0}setUnread(e){this.badge.hidden=e===0,this.badge.textContent=e>9?"9+":String(e);let t=e?`, ${d(this.texts.unread,{n:e})}`:"";this.launcher.setAttribute("aria-label",this.texts.open+t)}setStatus(e){let t=this.isAtEnd();this.notes.show(e),this.officer.hidden=!!e&&e.floor!=="bot",this.setWorking(e?.working??!1),t&&this.scrollDown()}setWorking(e){e!==this.working&&(this.working=e,this.showTyping(e,this.texts.typing,!1),e&&(this.typingTimer=window.setTimeout(()=>this.showTyping(!0,this.texts.typingLong,!0),be)))}officerTypes(){this.showTyping(!0,this.texts.officerTyping,!0),this.typingTimer=window.setTimeout(()=>this.officerStops(),ve)}officerStops(){this.working||this.showTyping(!1,"",!1)}showTyping(e,t,i){clearTimeout(this.typingTimer);let n=this.isAtEnd();this.typing.hidden=!e,this.typingText.className=i?"":"hidden",this.typingText.textContent!==t&&(this.typingText.textContent=t),n&&this.scrollDown()}setBanner(e,t="",i=0){clearTimeout(this.bannerTimer),this.banner.hidden=!e,this.banner.textContent=e,this.banner.className=`banner ${t}`,i&&(this.bannerTimer=window.setTimeout(()=>this.setBanner(""),i))}reset(){this.setStatus(),this.setBanner(""),this.composer.setNotice(""),this.composer.setTray([],!1)}setBusy(e){this.log.setAttribute("aria-busy",String(e))}setLook(e){this.element.dataset.size=String(e.size),this.element.classList.toggle("dark",e.dark),this.element.classList.toggle("contrast",e.contrast),this.settings.show(e),this.atEnd&&this.scrollDown()}isAtEnd(){return this.log.scrollHeight-this.log.scrollTop-this.log.clientHeight<80}isUntouched(){return Math.abs(this.log.scrollTop-this.put)<2}scrollDown(e){let t=e&&e.offsetHeight>this.log.clientHeight-24;this.log.scrollTop=t?e.offsetTop-8:this.log.scrollHeight,this.put=this.log.scrollTop}readOn(){this.log.scrollBy({top:this.log.clientHeight-72})}buildHeader(e){let{element:t}=this.settings,i=s("button",{type:"button",class:"round","aria-label":this.texts.settings,"aria-expanded":"false","aria-controls":"settings",onclick:()=>{t.hidden=!t.hidden,i.setAttribute("aria-expanded",String(!t.hidden))}});i.append(c("text"));let n=s("button",{type:"button",class:"round","aria-label":this.texts.close,onclick:this.actions.close},c("close"));return s("div",{class:"head"},s("span",{class:"mark"},c("lotus")),s("h2",{},e),i,n,this.notes.floor,this.officer,this.notes.hours)}onKey(e){e.key==="Escape"?(e.stopPropagation(),this.actions.close()):e.key==="Tab"&&matchMedia("(max-width: 520px)").matches&&this.keepFocusInside(e)}keepFocusInside(e){let i=[...this.element.querySelectorAll("button:not(:disabled), a[href], input, textarea, summary, [tabindex='0']")].filter(o=>o.offsetParent&&o.tabIndex>=0),n=e.shiftKey?i[0]:i[i.length-1];e.composedPath()[0]===n&&(e.preventDefault(),(e.shiftKey?i[i.length-1]:i[0])?.focus())}};var xe=new Set(["too_fast","unavailable"]),N=class{constructor(e,t,i){this.connection=e;this.store=t;this.listener=i;this.busy=!1;this.timer=0}add(e){this.store.addPending({...e,at:new Date().toISOString()}),this.flush()}async flush(){if(!this.busy){this.busy=!0;try{for(let e=this.head();e;e=this.head()){this.listener.sending(e.id);let{at:t,...i}=e;try{await this.connection.post(i)}catch(n){if(!(n instanceof h))return this.later(3);if(n.code==="wrong_token"||n.code==="no_token")return;if(xe.has(n.code))return this.later(n.retryAfter??3);this.store.removePending(e.id),this.listener.refused(e.id,n);continue}this.store.removePending(e.id),this.listener.sent(e.id)}}finally{this.busy=!1}}}head(){return this.connection.state==="online"?this.store.state.pending[0]:void 0}later(e){clearTimeout(this.timer),this.timer=window.setTimeout(()=>{this.flush()},e*1e3)}};var I={token:null,read:0,consented:!1,pending:[],ticks:{},votes:{},size:0,dark:!1,contrast:!1},O=class{constructor(e){this.key=e;this.memory={...I}}get state(){try{let e=localStorage.getItem(this.key);e&&(this.memory={...I,...JSON.parse(e)})}catch{}return this.memory}update(e){this.memory={...this.state,...e};try{localStorage.setItem(this.key,JSON.stringify(this.memory))}catch{}}addPending(e){this.update({pending:[...this.state.pending,e]})}removePending(e){this.update({pending:this.state.pending.filter(t=>t.id!==e)})}forget(){let{size:e,dark:t,contrast:i}=this.state;this.memory={...I,size:e,dark:t,contrast:i};try{localStorage.removeItem(this.key)}catch{}this.update({})}};var J=`:host {
  --kg-primary: var(--tro-ly-primary, #0b5a6b);
  --kg-on-primary: var(--tro-ly-on-primary, #fff);
  --kg-accent: var(--tro-ly-accent, #e3a63b);
  --kg-ground: var(--tro-ly-ground, #f7f5ef);
  --kg-surface: var(--tro-ly-surface, #fff);
  --kg-text: var(--tro-ly-text, #1d2d33);
  --kg-quiet: var(--tro-ly-quiet, #51646b);
  --kg-line: var(--tro-ly-line, #d9dcd6);
  --kg-officer: var(--tro-ly-officer, #fdf3dc);
  --kg-strong: var(--kg-primary);
  --kg-edge: #7d8d91;
  --kg-plain: #e9edeb;
  --kg-foot: #fafbf9;
  --kg-officer-line: #ecd49c;
  --kg-officer-name: #7a5200;
  --kg-bad: #a3241c;
  --kg-font: var(--tro-ly-font, "Be Vietnam Pro", "Segoe UI", Roboto, "Noto Sans", system-ui, sans-serif);
  --kg-radius: var(--tro-ly-radius, 18px);
  position: fixed;
  z-index: 2147483000;
  bottom: calc(20px + env(safe-area-inset-bottom, 0px));
  right: 20px;
  font: 400 17px/1.5 var(--kg-font);
  color: var(--kg-text);
  text-align: left;
}
:host(.left) { right: auto; left: 20px; }
@media print { :host { display: none; } }

*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, ul, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
button, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; min-height: 44px; touch-action: manipulation; }
button:disabled { cursor: default; }
a { color: var(--kg-strong); text-underline-offset: 3px; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--kg-accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { width: 24px; height: 24px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.print { position: fixed; width: 0; height: 0; border: 0; visibility: hidden; }

/* Launcher */
.launcher {
  position: relative; display: flex; align-items: center; gap: 10px; min-height: 60px; padding: 0 24px 0 18px;
  border-radius: 30px; background: var(--kg-primary); color: var(--kg-on-primary);
  font-weight: 600; font-size: 17px; box-shadow: 0 6px 24px rgb(8 50 60 / .28); transition: transform .18s, box-shadow .18s;
}
.launcher .icon { width: 30px; height: 30px; stroke-width: 1.5; }
.launcher:hover { transform: translateY(-2px); box-shadow: 0 10px 30px rgb(8 50 60 / .34); }
.launcher.away { visibility: hidden; }
.badge {
  position: absolute; top: -6px; right: -2px; min-width: 26px; height: 26px; padding: 0 7px; border-radius: 13px;
  background: #b3261e; color: #fff; font-size: 14px; line-height: 26px; text-align: center; box-shadow: 0 0 0 3px #fff;
}

/* Panel */
.panel {
  --size: 17px;
  --pad: 15px;
  position: absolute; bottom: 0; right: 0; display: flex; flex-direction: column;
  width: 440px; height: min(760px, calc(100vh - 40px)); overflow: hidden;
  border-radius: var(--kg-radius); background: var(--kg-ground); color: var(--kg-text); font-size: var(--size);
  box-shadow: 0 18px 60px rgb(8 50 60 / .26), 0 0 0 1px rgb(8 50 60 / .08);
  animation: rise .2s ease-out;
}
:host(.left) .panel { right: auto; left: 0; }
.panel[data-size="1"] { --size: 20px; }
.panel[data-size="2"] { --size: 24px; }
@keyframes rise { from { transform: translateY(12px); } }

.head {
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px;
  padding: 8px 8px 12px 16px; background: var(--kg-primary); color: var(--kg-on-primary); border-bottom: 3px solid var(--kg-accent);
}
.head :focus-visible { outline-color: #fff; }
.mark { display: grid; place-items: center; width: 38px; height: 38px; margin-right: 6px; border-radius: 50%; background: rgb(255 255 255 / .14); }
.mark .icon { width: 26px; height: 26px; stroke-width: 1.5; }
h2 { flex: 1 0 calc(100% - 160px); font-size: 18px; font-weight: 650; line-height: 1.3; letter-spacing: -.005em; }
.round { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; }
.head .round:hover { background: rgb(255 255 255 / .14); }
.floor { position: relative; flex: 1 1 130px; padding-left: 18px; font-size: 16px; line-height: 1.3; }
.hours { flex-basis: 100%; padding-left: 18px; font-size: 16px; line-height: 1.3; }
.floor::before { content: ""; position: absolute; left: 2px; top: .4em; width: 9px; height: 9px; border-radius: 50%; background: #8fdcb0; }
.floor.waiting::before { background: var(--kg-accent); animation: blink 1.6s infinite; }
.floor.officer::before { background: var(--kg-accent); }
button.officer {
  display: flex; align-items: center; gap: 7px; margin-right: 8px; padding: 0 15px 0 11px; border-radius: 22px;
  background: #fff; color: #0b4754; font-size: 16px; font-weight: 650; white-space: nowrap;
}
button.officer .icon { width: 21px; height: 21px; }
button.officer:disabled { background: rgb(255 255 255 / .2); color: #fff; }

.settings { display: grid; gap: 4px; padding: 10px 16px; background: var(--kg-surface); border-bottom: 1px solid var(--kg-line); font-size: 16px; }
.sizes { display: flex; align-items: center; gap: 8px; }
.sizes > span:first-child { flex: 1; }
.sizes button { width: 48px; border: 1px solid var(--kg-edge); border-radius: 10px; font-weight: 600; }
.sizes button:nth-of-type(1) { font-size: 16px; }
.sizes button:nth-of-type(2) { font-size: 19px; }
.sizes button:nth-of-type(3) { font-size: 24px; line-height: 1; }
.sizes [aria-pressed="true"] { background: var(--kg-strong); color: var(--kg-surface); border-color: var(--kg-strong); }
.switch { display: flex; align-items: center; justify-content: space-between; min-height: 44px; }
input[type="checkbox"] { width: 24px; height: 24px; margin: 0; flex: none; accent-color: var(--kg-strong); }
.quiet { display: inline-flex; align-items: center; gap: 8px; padding: 0 4px; color: var(--kg-strong); font-weight: 600; text-align: left; }
.quiet .icon { width: 20px; height: 20px; }
.quiet.sure { color: var(--kg-bad); }

.banner { padding: 9px 16px; background: var(--kg-plain); font-size: 16px; line-height: 1.4; }
.banner.warn { background: #fbe9c6; color: #4d3403; }
.banner.good { background: #dcf1e4; color: #0f4425; }
.emergency { flex: none; max-height: 40%; overflow-y: auto; background: #8f1d14; color: #fff; font-size: var(--size); line-height: 1.45; }
.emergency summary { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 0 14px; font-weight: 650; cursor: pointer; list-style: none; }
.emergency summary::-webkit-details-marker { display: none; }
.emergency .icon-fold { margin-left: auto; }
.emergency[open] .icon-fold { rotate: 180deg; }
.emergency p { padding: 0 16px 12px; overflow-wrap: anywhere; white-space: pre-line; }
.emergency :focus-visible { outline-color: #fff; outline-offset: -3px; }

/* Log */
.middle { position: relative; flex: 1; min-height: 0; }
.log { position: relative; height: 100%; overflow-y: auto; scroll-padding-bottom: 56px; overscroll-behavior: contain; padding: 16px 14px 18px; scrollbar-width: thin; scrollbar-color: #c2c9c6 transparent; }
.log:focus-visible { outline-offset: -3px; }
.items { display: contents; }
.message { margin-bottom: 14px; }
.message.on { margin-top: -6px; }
.caption { display: flex; gap: 8px; margin: 0 4px 3px; font-size: 16px; color: var(--kg-quiet); }
.caption .name { font-weight: 600; }
.bubble {
  width: fit-content; max-width: 96%; padding: 11px var(--pad); border: 1px solid var(--kg-line); border-radius: 4px 16px 16px 16px;
  background: var(--kg-surface); overflow-wrap: anywhere; line-height: 1.58;
}
.text { text-wrap: pretty; }
.text > * + * { margin-top: .5em; }
.title, .lead { font-weight: 650; }
.title { color: var(--kg-strong); font-size: 1.06em; }
.text ul, .text ol { display: grid; gap: .35em; }
.text li { position: relative; padding-left: 1.15em; }
.text ol { padding-left: 1.5em; list-style: decimal; }
.text ol li { padding-left: .15em; }
.text ol li::marker { color: var(--kg-strong); font-weight: 650; }
.text ul li::before { content: ""; position: absolute; left: .2em; top: .62em; width: .38em; height: .38em; border-radius: 50%; background: var(--kg-accent); }
.citizen { display: flex; flex-direction: column; align-items: flex-end; }
.citizen .bubble { border-color: var(--kg-primary); border-radius: 16px 4px 16px 16px; background: var(--kg-primary); color: var(--kg-on-primary); max-width: 86%; }
.citizen .bubble a { color: inherit; }
.citizen .name, .system .name, .on .caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.message.officer .bubble { background: var(--kg-officer); border-color: var(--kg-officer-line); border-left: 4px solid var(--kg-accent); }
.message.officer .name { color: var(--kg-officer-name); }
.system .bubble { max-width: 100%; width: auto; border: 0; border-radius: 12px; background: var(--kg-plain); padding: 10px 15px; }
.delivery { margin: 3px 4px 0; font-size: 16px; color: var(--kg-quiet); text-align: right; }
.failed .bubble { background: #fdeceb; color: #5d1511; border-color: #e9b4b0; }
.failed .delivery { color: var(--kg-bad); }
.code { white-space: nowrap; font-weight: 700; }
.copy { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; }
button.code { display: inline-flex; align-items: center; gap: 8px; padding: 0 12px; border: 1.5px dashed var(--kg-strong); border-radius: 10px; color: var(--kg-strong); letter-spacing: .03em; }
button.code .icon { width: 20px; height: 20px; }
.phone { white-space: nowrap; font-weight: 600; }
.delivery button { display: block; margin-left: auto; color: var(--kg-strong); font-weight: 600; text-decoration: underline; }
.bubble img { display: block; max-width: 100%; margin-top: 10px; border-radius: 10px; }
.files, .tray { display: grid; gap: 4px; }
.files li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; }
.files .icon { width: 18px; height: 18px; }
.text:not(:empty) + .files { margin-top: 8px; }

.choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0 2px; }
.choices button, .queue button {
  max-width: 100%; min-height: 48px; padding: 10px 17px; border: 1.5px solid var(--kg-strong); border-radius: 24px;
  background: var(--kg-surface); color: var(--kg-strong); font-weight: 600; line-height: 1.3; text-align: left; overflow-wrap: anywhere;
}
.choices button:active, .queue button:active { background: var(--kg-primary); color: var(--kg-on-primary); }
.links { margin-top: 8px; }
.links a { display: flex; align-items: center; gap: 6px; min-height: 48px; font-weight: 600; overflow-wrap: anywhere; }
.links .icon { width: 18px; height: 18px; }
.sources { margin: 10px calc(-1 * var(--pad)) -11px; padding: 8px var(--pad) 9px; border-top: 1px solid var(--kg-line); border-radius: 0 0 16px 16px; background: var(--kg-foot); color: var(--kg-quiet); font-size: max(16px, .88em); line-height: 1.45; }
.thumbs { display: flex; flex-wrap: wrap; gap: 2px 4px; margin-top: 4px; font-size: 16px; color: var(--kg-quiet); }
.thumbs > button { display: inline-flex; align-items: center; gap: 7px; padding: 0 12px 0 8px; border-radius: 22px; }
.thumbs .icon { width: 20px; height: 20px; }
.thumbs p { padding: 9px 6px 0; }
.thumbs .choices { margin-top: 6px; }

.checklist { margin-top: 10px; }
.checklist .heading { display: flex; justify-content: space-between; gap: 10px; padding-bottom: 4px; border-bottom: 1px solid var(--kg-line); }
.count { color: var(--kg-quiet); white-space: nowrap; }
.checklist label { display: flex; gap: 12px; align-items: flex-start; min-height: 48px; padding: 11px 0; cursor: pointer; }
.checklist li + li { border-top: 1px dashed var(--kg-line); }
.checklist :checked + span { color: var(--kg-quiet); text-decoration: line-through; }

.typing .bubble { display: flex; align-items: center; gap: 10px; min-height: 44px; color: var(--kg-quiet); }
.dots { display: flex; gap: 5px; }
.dots i { width: 8px; height: 8px; border-radius: 50%; background: var(--kg-strong); animation: blink 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .2s; }
.dots i:nth-child(3) { animation-delay: .4s; }
@keyframes blink { 0%, 80%, 100% { opacity: .25; } 40% { opacity: 1; } }
/* Over the log, so that nothing moves under a finger when it comes or goes. */
.latest {
  position: absolute; inset: auto 0 0; display: flex; align-items: center; justify-content: center; gap: 8px; background: var(--kg-plain); color: var(--kg-strong);
  font-weight: 650; box-shadow: 0 -6px 12px -8px rgb(8 50 60 / .3);
}
.latest:focus-visible { outline-offset: -3px; }
.latest .icon { width: 20px; height: 20px; }

/* Foot */
.consent { padding: 14px 18px calc(18px + env(safe-area-inset-bottom, 0px)); background: var(--kg-surface); border-top: 1px solid var(--kg-line); font-size: max(16px, .94em); }
.consent h3 { font-size: 1.05em; margin-bottom: 4px; }
.consent p { color: var(--kg-quiet); }
.primary { width: 100%; min-height: 50px; margin-top: 12px; border-radius: 25px; background: var(--kg-primary); color: var(--kg-on-primary); font-weight: 650; }
.queue { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 12px 16px; background: var(--kg-officer); color: var(--kg-text); border-top: 1px solid var(--kg-officer-line); font-size: max(16px, .94em); line-height: 1.4; }
.queue p { flex: 1 1 210px; }
.queue p span { display: block; }
.queue p span:first-child { font-weight: 650; }
.composer { padding: 10px 10px calc(10px + env(safe-area-inset-bottom, 0px)); background: var(--kg-surface); border-top: 1px solid var(--kg-line); }
.row { display: flex; align-items: flex-end; gap: 4px; }
.row .round { color: var(--kg-strong); height: 48px; }
.row .send { width: 48px; margin-left: 4px; background: var(--kg-primary); color: var(--kg-on-primary); }
.row .send.send:hover { background: var(--kg-primary); color: var(--kg-on-primary); filter: brightness(1.12); }
textarea {
  flex: 1; min-width: 0; padding: 11px 14px; border: 1.5px solid var(--kg-edge); border-radius: 24px; background: var(--kg-surface);
  resize: none; font-size: min(20px, var(--size)); line-height: 1.4; overflow-y: auto;
}
textarea::placeholder { color: var(--kg-quiet); opacity: 1; }
textarea:focus-visible { border-color: var(--kg-strong); outline: 2px solid var(--kg-strong); outline-offset: 0; }
.notice { padding: 2px 8px 8px; color: var(--kg-bad); font-size: 16px; }
.tray { padding: 0 6px 8px; font-size: 16px; }
.tray li { display: flex; align-items: center; gap: 6px; padding-left: 12px; border-radius: 12px; background: var(--kg-ground); min-height: 44px; }
.tray span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tray button { display: grid; place-items: center; width: 44px; }

/* Phones: the whole screen */
@media (max-width: 520px) {
  :host { bottom: calc(14px + env(safe-area-inset-bottom, 0px)); right: 14px; }
  :host(.left) { left: 14px; }
  .panel, :host(.left) .panel { position: fixed; inset: 0; width: auto; height: 100vh; height: 100dvh; border-radius: 0; }
}
@media (max-width: 360px) {
  .head { padding: 4px 6px 8px 12px; }
  .log { padding-inline: 10px; }
  .panel { --pad: 13px; }
  .bubble { max-width: 100%; }
  .mark { display: none; }
  h2 { flex-basis: calc(100% - 110px); font-size: 17px; }
  button.officer { margin-right: 4px; }
}
@media (hover: hover) {
  button.officer:hover:enabled { background: #fdf3dc; }
  .choices button:hover, .queue button:hover { background: var(--kg-primary); color: var(--kg-on-primary); }
  .thumbs > button:hover, .row .round:hover { background: var(--kg-plain); color: var(--kg-text); }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; }
}

/* Dark, high contrast, both */
.dark {
  color-scheme: dark;
  --kg-primary: #0e6478; --kg-on-primary: #fff; --kg-strong: #8ad3e3; --kg-accent: #e3a63b; --kg-ground: #10191c;
  --kg-surface: #1b272b; --kg-text: #e9efee; --kg-quiet: #b3c1c5; --kg-line: #37474c; --kg-edge: #82969c; --kg-plain: #26343a;
  --kg-foot: #17211f; --kg-officer: #33291a; --kg-officer-line: #64502a; --kg-officer-name: #f0c879; --kg-bad: #ff9d94;
}
.contrast {
  --kg-primary: #00313d; --kg-on-primary: #fff; --kg-strong: #00313d; --kg-accent: #ffc400; --kg-ground: #fff; --kg-surface: #fff;
  --kg-text: #000; --kg-quiet: #1a1a1a; --kg-line: #000; --kg-edge: #000; --kg-plain: #fff; --kg-foot: #fff; --kg-officer: #fff6d6;
  --kg-officer-line: #000; --kg-officer-name: #000; --kg-bad: #8c0000; --kg-focus: #b35c00;
}
.contrast.dark {
  --kg-primary: #000; --kg-strong: #ffe27a; --kg-ground: #000; --kg-surface: #000; --kg-text: #fff; --kg-quiet: #fff; --kg-line: #fff;
  --kg-edge: #fff; --kg-plain: #000; --kg-foot: #000; --kg-officer: #2b2100; --kg-officer-line: #fff; --kg-officer-name: #ffe27a;
  --kg-bad: #ff9d94; --kg-focus: #ffc400;
}
.contrast .bubble, .contrast .choices button, .contrast .system .bubble { border: 2px solid var(--kg-line); }
.contrast .latest { border-top: 2px solid var(--kg-line); }
.contrast.dark .send, .contrast.dark .primary { border: 2px solid #fff; }
.contrast a { text-decoration-thickness: 2px; }
.contrast textarea { border-width: 2px; }
.contrast :focus-visible { outline: 4px solid var(--kg-focus); }
.contrast .head :focus-visible { outline-color: #ffc400; }
@media (forced-colors: active) {
  .launcher, .bubble, .choices button, button.officer { border: 1px solid; }
}
`;var ke=5*1024*1024,we=5,Te=3e3,Se=5*6e4;function _(){return[...crypto.getRandomValues(new Uint8Array(16))].map(e=>e.toString(16).padStart(2,"0")).join("")}var y=class extends HTMLElement{constructor(t){super();this.options=t;this.shown=new Map;this.files=[];this.uploading=0;this.unread=0;this.last=0;this.wasOnline=!1;this.floor="bot";this.typedAt=0;this.latest=null;this.voting=Promise.resolve();this.opening=null;let{language:i,server:n}=t;this.texts=j[i],this.store=new O(`tro-ly:${n}`),this.api=new T(n,i),this.connection=new A(this.api,i,{message:o=>this.receive(o),status:o=>this.setStatus(o),typing:()=>this.panel.officerTypes(),ready:()=>this.ready(),link:o=>this.setLink(o),tokenLost:()=>this.restart()}),this.queue=new N(this.connection,this.store,{sending:o=>this.setDelivery(o,this.texts.sending),sent:o=>this.setDelivery(o,this.texts.sent),refused:(o,a)=>this.refuse(o,a)}),this.bubbles=new E(this.texts,i,this.store,{choose:(o,a)=>{this.send({id:_(),text:o,payload:a}),this.panel.focusLog()},vote:(o,a,l)=>{this.voting=this.voting.then(()=>this.vote(o,a,l))}}),this.panel=new P(this.texts,t.title??this.texts.title,{open:()=>this.open(),close:()=>this.panel.show(!1),officer:()=>this.send({id:_(),text:this.texts.officerMessage,payload:L}),leaveQueue:()=>this.send({id:_(),text:this.texts.leaveQueue,payload:S}),agree:()=>this.agree(),ask:o=>this.ask(o),types:()=>this.tellTyping(),files:o=>{this.upload(o)},removeFile:o=>{this.files.splice(o,1),this.showTray()},look:o=>this.setLook(o),forget:()=>this.forget()})}connectedCallback(){if(this.shadowRoot)return;let t=this.attachShadow({mode:"open"});k(t,J),this.lang=this.options.language,this.classList.add(this.options.position),t.append(this.panel.element,this.panel.launcher),this.setLook({}),this.panel.setStatus(),this.restorePending(),this.panel.setConsented(this.store.state.consented),this.store.state.token?this.connect(this.store.state.token):this.store.state.pending.length&&this.session(),this.options.open&&this.open(),document.addEventListener("visibilitychange",()=>this.markRead()),this.followKeyboard()}open(){this.panel.show(!0),this.markRead()}agree(){this.store.update({consented:!0}),this.panel.setConsented(!0),this.panel.focus(),this.session()}ask(t){this.panel.composer.setNotice("");let i=t.trim();if(this.uploading||!i&&!this.files.length)return;let n=this.files.length?{attachments:this.files}:{};this.files=[],this.showTray(),this.panel.composer.text="",this.send({id:_(),text:i,...n})}send(t){this.closeChoices(),this.showPending(t,new Date().toISOString()),this.queue.add(t),this.store.state.token||this.session(),this.panel.scrollDown()}showPending(t,i){if(this.shown.has(t.id))return;let n=(t.attachments??[]).map(a=>a.name),o=this.bubbles.drawOwn(t.text,i,n);this.goesOn({sender:"citizen",at:i})&&o.classList.add("on"),this.shown.set(t.id,o),this.panel.hideSuggestions(),this.panel.pending.append(o),this.setDelivery(t.id,this.connection.state==="offline"?this.texts.queued:this.texts.sending)}restorePending(){for(let t of this.store.state.pending)this.showPending(t,t.at)}session(){return this.opening??(this.opening=this.openSession().finally(()=>this.opening=null)),this.opening}async openSession(){for(let i=1e3;!this.store.state.token&&this.store.state.consented;i=Math.min(2*i,3e4))try{let{token:n}=await this.api.call("POST","/web/session",null,{consent:!0});this.store.update({token:n})}catch(n){if(this.setLink("offline"),n instanceof h&&!n.retryAfter){this.panel.setBanner(n.message,"warn");return}await new Promise(o=>{setTimeout(o,i),addEventListener("online",()=>o(),{once:!0})})}let{token:t}=this.store.state;t&&this.connect(t)}connect(t){this.panel.setBusy(!0),this.connection.start(t,this.last)}restart(){this.store.update({token:null}),this.last=0,this.session()}ready(){this.panel.setBusy(!1),this.queue.flush()}receive(t){if(this.shown.has(t.id))return;this.last=Math.max(this.last,t.id);let i=this.panel.isAtEnd()||t.sender==="officer"&&this.panel.isUntouched(),n=t.client_id?this.shown.get(t.client_id):void 0,o=n??this.bubbles.draw(t);n&&n.querySelector(".delivery")?.remove(),t.client_id&&this.shown.set(t.client_id,o),this.shown.set(t.id,o),this.panel.hideSuggestions(),t.sender==="citizen"?this.closeChoices():this.panel.officerStops(),o.classList.toggle("on",this.goesOn(t)),this.latest=t,this.panel.items.append(o),i&&this.panel.scrollDown(o),this.count(t)}goesOn(t){let{latest:i}=this;return!i||Date.parse(t.at)-Date.parse(i.at)>Se?!1:t.sender==="citizen"||t.sender===i.sender}closeChoices(){for(let t of this.panel.items.querySelectorAll(".message > .choices"))t.remove()}count(t){this.panel.isOpen&&!document.hidden?this.store.update({read:Math.max(t.id,this.store.state.read)}):t.sender!=="citizen"&&t.id>this.store.state.read&&this.panel.setUnread(this.unread+=1)}markRead(){!this.panel.isOpen||document.hidden||(this.unread=0,this.panel.setUnread(0),this.store.update({read:Math.max(this.last,this.store.state.read)}))}setStatus(t){this.floor=t.floor,this.panel.setStatus(t)}tellTyping(){this.floor==="bot"||Date.now()-this.typedAt<Te||(this.typedAt=Date.now(),this.connection.types())}setLink(t){if(t==="online")this.wasOnline?this.panel.setBanner(this.texts.back,"good",3e3):this.panel.setBanner(""),this.wasOnline=!0;else if(t==="offline"){this.panel.setBanner(this.texts.offline,"warn"),this.panel.setWorking(!1);for(let i of this.store.state.pending)this.setDelivery(i.id,this.texts.queued)}}setDelivery(t,i){let n=this.shown.get(t)?.querySelector(".delivery");n&&(n.textContent=i)}refuse(t,i){let n=this.shown.get(t),o=n?.querySelector(".delivery");if(!n||!o)return;n.classList.add("failed");let a=document.createElement("button");a.textContent=this.texts.edit,a.addEventListener("click",()=>{this.panel.composer.text=n.querySelector(".text")?.textContent??"",this.shown.delete(t),n.remove(),this.panel.focus()}),o.replaceChildren(i.message,a),o.setAttribute("role","alert")}async vote(t,i,n){let o={message_id:t,value:i,...n?{reason:n}:{}};await this.api.call("POST","/web/votes",this.store.state.token,o).catch(()=>{})}async upload(t){this.store.state.token||await this.session();for(let i of t.slice(0,we-this.files.length)){if(this.panel.composer.setNotice(""),i.size>ke){this.panel.composer.setNotice(this.texts.fileTooLarge);continue}this.uploading+=1,this.showTray();try{let{id:n}=await this.api.call("POST","/web/attachments",this.store.state.token,i);this.files.push({id:n,name:i.name.slice(-100)})}catch(n){this.panel.composer.setNotice(n instanceof h?n.message:this.texts.uploadFailed)}this.uploading-=1,this.showTray()}this.panel.focus()}showTray(){this.panel.composer.setTray(this.files.map(t=>t.name),this.uploading>0)}setLook(t){this.store.update(t),this.panel.setLook(this.store.state)}forget(){this.connection.stop(),this.store.forget(),this.shown.clear(),this.last=0,this.files=[],this.wasOnline=!1,this.floor="bot",this.latest=null,this.panel.items.replaceChildren(),this.panel.pending.replaceChildren(),this.panel.reset(),this.panel.setConsented(!1),this.panel.focus()}followKeyboard(){let t=window.visualViewport;t?.addEventListener("resize",()=>{let i=matchMedia("(max-width: 520px)").matches&&t.height<window.innerHeight-80;this.panel.element.style.height=i?`${t.height}px`:"",i&&this.panel.scrollDown()})}};var Z="tro-ly-hanh-chinh";function Le(r){let e=r?.dataset??{};return{server:(e.server??new URL(r?.src??location.href).origin).replace(/\/$/,""),language:e.lang==="en"?"en":"vi",...e.title?{title:e.title}:{},position:e.position==="left"?"left":"right",open:e.open==="true"}}function ee(r){customElements.get(Z)||(customElements.define(Z,y),document.body.append(new y(r)))}var te=Le(document.currentScript);document.body?ee(te):addEventListener("DOMContentLoaded",()=>ee(te));})();
