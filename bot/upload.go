package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
)

// maxUpload is the largest file of a message, in bytes: Discord's limit for
// applications in a server without boosts. An interaction tells the one that
// holds where it came from.
const maxUpload = 10 << 20

// An upload is a file that goes with a message.
type upload struct {
	name string // letters, digits, dots, underscores and hyphens: Discord refuses to refer to others
	data []byte
}

// with is the message with a file under its components. A Components V2 message
// shows a file through a component only.
func (m message) with(f upload) message {
	m.files = append(m.files[:len(m.files):len(m.files)], f)
	m.Attachments = append(m.Attachments[:len(m.Attachments):len(m.Attachments)], attached{ID: fmt.Sprint(len(m.files) - 1), Name: f.name})
	m.Components = append(m.Components[:len(m.Components):len(m.Components)], component{Type: compFile, File: &media{URL: "attachment://" + f.name}})
	return m
}

// encode is the body of a request and its content type: JSON, or with files a
// form that holds the JSON first.
func encode(body any, files []upload) ([]byte, string, error) {
	raw, err := json.Marshal(body)
	if err != nil || len(files) == 0 {
		return raw, "application/json", err
	}
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	part := func(disposition, kind string, data []byte) error {
		w, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	if err := part(`form-data; name="payload_json"`, "application/json", raw); err != nil {
		return nil, "", err
	}
	for i, f := range files {
		if err := part(fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.name), "application/octet-stream", f.data); err != nil {
			return nil, "", err
		}
	}
	err = form.Close()
	return out.Bytes(), form.FormDataContentType(), err
}
